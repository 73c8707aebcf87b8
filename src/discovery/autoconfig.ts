import { quote } from '../network/wording.ts';
import type { Provider } from '../resources/credential-profile/provider.ts';
import { type AddressParts, isWithin } from './address.ts';
import { type ClientConfig, readClientConfig } from './client-config.ts';
import type { Evidence, FoundServer, Sign } from './discovery.ts';
import type { MxFinding } from './mx.ts';
import { providerAt, providerWithIssuer, signOf } from './signs.ts';
import { type Web, whyNot } from './web.ts';

/** Thunderbird's database of providers. */
export const databaseHost = 'autoconfig.thunderbird.net';

/** What an autoconfig file tells. */
export interface FileFinding {
  evidence: Evidence[];
  servers: FoundServer[];
  sign: Sign | null;
  oauth: (NonNullable<ClientConfig['oauth']> & { from: string }) | null;
}

/**
 * Files of the domain itself (Thunderbird: autoconfiguration; draft-ietf-mailmaint-autoconfig). The first place is told
 * the address, as user names may depend on it: it is of the domain, and nobody else is told.
 */
export async function lookAtOwnFiles(
  web: Web,
  address: AddressParts,
  providers: readonly Provider[],
): Promise<FileFinding> {
  const { localPart, domain } = address;
  const first = new URL(`https://autoconfig.${domain}/mail/config-v1.1.xml`);
  first.searchParams.set('emailaddress', `${localPart}@${domain}`);
  const second = new URL(`https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`);
  const look = (url: URL, from: string) => lookAtFile(web, url, from, address, providers);
  const [own, wellKnown] = await Promise.all([
    look(first, `autoconfig.${domain}`),
    look(second, `${domain}/.well-known/autoconfig`),
  ]);
  return {
    evidence: [...own.evidence, ...wellKnown.evidence],
    servers: [...own.servers, ...wellKnown.servers],
    sign: own.sign ?? wellKnown.sign,
    oauth: own.oauth ?? wellKnown.oauth,
  };
}

/** Thunderbird's database of providers, by the domain; it is told no more. */
export function lookInDatabase(
  web: Web,
  address: AddressParts,
  providers: readonly Provider[],
): Promise<FileFinding> {
  return lookUp(web, address.domain, `Thunderbird’s database`, address, providers);
}

/**
 * The same by whose host takes in the mail, for domains that a provider hosts for others. Without a list of public
 * suffixes the provider's domain is one of the last two of the host's name.
 */
export async function lookInDatabaseByMx(
  web: Web,
  address: AddressParts,
  { sign, filter, hosts }: MxFinding,
  providers: readonly Provider[],
): Promise<FileFinding> {
  const [host] = hosts;
  if (sign || filter || host === undefined || isWithin(host, address.domain)) return none;
  const labels = host.split('.');
  const domains = [3, 2]
    .filter((count) => labels.length >= count)
    .map((count) => labels.slice(-count).join('.'));
  const found = await Promise.all(
    [...new Set(domains)].map((domain) =>
      lookUp(web, domain, `Thunderbird’s database, by MX (${quote(domain)})`, address, providers),
    ),
  );
  const evidence = found.flatMap((one) => one.evidence);
  return { ...(found.find(({ servers }) => servers.length > 0) ?? none), evidence };
}

const none: FileFinding = { evidence: [], servers: [], sign: null, oauth: null };

function lookUp(
  web: Web,
  domain: string,
  from: string,
  address: AddressParts,
  providers: readonly Provider[],
): Promise<FileFinding> {
  return lookAtFile(web, new URL(`https://${databaseHost}/v1.1/${domain}`), from, address, providers);
}

async function lookAtFile(
  web: Web,
  url: URL,
  from: string,
  address: AddressParts,
  providers: readonly Provider[],
): Promise<FileFinding> {
  const tell = (state: Evidence['state'], detail: string): FileFinding => ({
    ...none,
    evidence: [{ from, state, detail }],
  });
  try {
    const { status, text } = await web.get(url);
    if (status >= 400 && status < 500) return tell('nothing', `it has no such file (status ${status})`);
    if (status !== 200) return tell('failed', `it answers with status ${status}`);
    const config = await readClientConfig(text, address);
    return { ...tell('found', detailOf(config)), ...whatItSays(config, from, providers) };
  } catch (error) {
    const why = whyNot(error, url.hostname);
    return why === null ? tell('nothing', 'the name is not in the DNS') : tell('failed', why);
  }
}

function whatItSays(
  { servers, oauth }: ClientConfig,
  from: string,
  providers: readonly Provider[],
): Omit<FileFinding, 'evidence'> {
  const hosts = servers.filter(({ protocol }) => protocol !== 'smtp').map(({ host }) => host);
  const provider =
    (oauth && providerWithIssuer(oauth.issuer, providers)) ??
    hosts.map((host) => providerAt(host, providers)).find(Boolean);
  return {
    servers: servers.map((server) => ({ ...server, from, remark: null })),
    sign: provider ? signOf(provider, from) : null,
    oauth: oauth && { ...oauth, from },
  };
}

function detailOf({ servers, leftOut }: ClientConfig): string {
  const named = servers.map(({ protocol, host, port }) => `${protocol} at ${host}:${port}`);
  const without = leftOut.map((one) => `left out ${one}`);
  return quote([...named, ...without].join(', ') || 'it names no servers');
}
