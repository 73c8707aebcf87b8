import type { Discovery, Evidence, FoundServer } from './discovery.ts';
import type { Findings } from './findings.ts';
import { tenantProvider } from './microsoft-tenant.ts';
import { hostConflict, type KnownKinds, serversIn, serverToRead, serverToSendBy } from './servers.ts';
import { outgoingSettings, profileSettings, serverSettings } from './settings.ts';
import { tenancyOf } from './tenancy.ts';
import { decideWhose, type Whose } from './whose.ts';

/** What follows from all that was found; `wanted` is the protocol that mail is to be read by. */
export function conclude(findings: Findings, wanted: string | null, kinds: KnownKinds): Discovery {
  const { address, domain } = findings.address;
  const whose = decideWhose(findings, kinds.providers);
  const tenancy = tenancyOf(findings, whose.sign);
  const servers = serversIn(findings, whose.sign, tenancy.cloud?.value ?? null, kinds);
  const read = serverToRead(servers, kinds.protocols, wanted);
  const sent = serverToSendBy(servers);
  const { oauth } = [findings.ownFiles, findings.database, findings.databaseByMx].find(
    (file) => file.oauth !== null && file.servers.some(({ host }) => host === read?.host),
  ) ?? { oauth: null };
  return {
    address,
    domain,
    summary: summaryOf(domain, whose, read),
    settings: {
      profile: profileSettings(whose.sign, tenancy, read, oauth),
      server: read ? serverSettings(read) : [],
      'outgoing-server': sent ? outgoingSettings(sent) : [],
    },
    servers,
    conflicts: [
      whose.conflict,
      tenancy.conflict,
      read && hostConflict('Incoming mail server', read, servers),
      sent && hostConflict('Outgoing mail server', sent, servers),
    ].filter((conflict) => conflict !== null),
    remarks: remarksOf(findings, whose, servers, read, wanted),
    evidence: evidenceOf(findings),
  };
}

function summaryOf(domain: string, { sign, isGuess }: Whose, read: FoundServer | null): string {
  if (sign) return `${domain}: ${isGuess ? 'most likely ' : ''}${sign.service} (${sign.from}).`;
  if (read) return `${domain}: ${read.protocol.toUpperCase()} at ${read.host} (${read.from}).`;
  return `Nothing was found that tells where the mailboxes of ${domain} are.`;
}

function remarksOf(
  findings: Findings,
  { sign, isGuess }: Whose,
  servers: FoundServer[],
  read: FoundServer | null,
  wanted: string | null,
): string[] {
  const { mx, tenant, address } = findings;
  const { domain } = address;
  const isOfTenants = sign?.provider === tenantProvider;
  const found: (string | null | false | undefined)[] = [
    mx.remark,
    mx.filter &&
      `Mail for ${domain} goes through ${mx.filter} first, so its MX records do not tell where the mailboxes are.`,
    isGuess &&
      `That ${domain} has a tenant at Microsoft is all that says so: make sure that the mailboxes are there.`,
    isOfTenants &&
      tenant.isNone &&
      `Microsoft knows no tenant with ${domain}, though its mail goes there: it may be new, or in another cloud.`,
    sign &&
      !isOfTenants &&
      tenant.tenant &&
      `${domain} has a tenant at Microsoft as well; its mail is at ${sign.service}.`,
    !sign &&
      tenant.tenant &&
      `${domain} has a tenant at Microsoft, and nothing tells that its mailboxes are there: some may be in Exchange Online and others on a server of its own.`,
    wanted !== null &&
      !read &&
      servers.length > 0 &&
      `Nothing is known of ${wanted.toUpperCase()}; what is known: ${[...new Set(servers.map(({ protocol }) => protocol.toUpperCase()))].join(', ')}.`,
  ];
  return found.filter((remark) => typeof remark === 'string');
}

function evidenceOf(findings: Findings): Evidence[] {
  const { mx, autodiscover, tenant, realm, exchange, ownFiles, database, databaseByMx, srv } = findings;
  return [mx, autodiscover, tenant, realm, exchange, ownFiles, database, databaseByMx, srv].flatMap(
    ({ evidence }) => evidence,
  );
}
