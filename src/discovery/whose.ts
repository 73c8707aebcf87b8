import type { Provider } from '../resources/credential-profile/provider.ts';
import type { Conflict, Sign } from './discovery.ts';
import type { Findings } from './findings.ts';
import { tenantProvider } from './microsoft-tenant.ts';
import { providerAt, signOf } from './signs.ts';

/** Whose the mailboxes of a domain are. */
export interface Whose {
  /** Null where no provider is known. */
  sign: Sign | null;
  /** Nothing says so but that a tenant is there, and that the mail goes in elsewhere for other reasons. */
  isGuess: boolean;
  conflict: Conflict | null;
}

/**
 * The provider, by whoever knows best: the mailbox's own Exchange; where the domain's mail goes in; where Outlook is
 * sent; the domain's own files; Thunderbird's database; SRV records. Files come after the MX records since web hosts put
 * them up for every domain, whoever has its mail.
 */
export function decideWhose(findings: Findings, providers: readonly Provider[]): Whose {
  const { exchange } = findings;
  const signs = signsIn(findings, providers);
  const [server] = exchange.servers;
  if (server) {
    const taken = { value: `an Exchange Server at ${server.host}`, from: server.from };
    return { sign: null, isGuess: false, conflict: conflictOf(taken, signs) };
  }
  const [best] = signs;
  if (!best) {
    const guess = guessIn(findings, providers);
    return { sign: guess, isGuess: guess !== null, conflict: null };
  }
  const agreed = signs.filter(({ provider }) => provider === best.provider);
  const sign: Sign = {
    provider: best.provider,
    // Files know a provider, records also what it sells
    service: agreed.find(({ profile }) => Object.keys(profile).length > 0)?.service ?? best.service,
    // Where Outlook is sent tells the cloud more closely than where mail goes in
    profile: Object.assign({}, ...agreed.map(({ profile }) => profile)),
    from: joined(agreed.map(({ from }) => from)),
  };
  const others = signs.filter(({ provider }) => provider !== best.provider);
  return { sign, isGuess: false, conflict: conflictOf({ value: sign.service, from: sign.from }, others) };
}

function signsIn(
  { exchange, mx, autodiscover, ownFiles, database, srv, databaseByMx }: Findings,
  providers: readonly Provider[],
): Sign[] {
  const bySrv = srv.servers
    .filter(({ protocol }) => protocol !== 'smtp')
    .map(({ host, from }) => ({ provider: providerAt(host, providers), from }))
    .flatMap(({ provider, from }) => (provider ? [signOf(provider, from)] : []));
  return [
    exchange.sign,
    mx.sign,
    autodiscover.sign,
    ownFiles.sign,
    database.sign,
    ...bySrv.slice(0, 1),
    databaseByMx.sign,
  ].filter((sign) => sign !== null);
}

/** Where a filter hides where the mail goes, and nobody names a server, a tenant is most likely for the mail. */
function guessIn(
  { mx, tenant, ownFiles, database, srv }: Findings,
  providers: readonly Provider[],
): Sign | null {
  const isNamed = [ownFiles, database, srv].some(({ servers }) => servers.length > 0);
  const provider = providers.find(({ name }) => name === tenantProvider);
  if (!mx.filter || !tenant.tenant || !provider || isNamed) return null;
  return signOf(provider, tenant.tenant.from);
}

function conflictOf(taken: Conflict['taken'], others: Sign[]): Conflict | null {
  return others.length === 0
    ? null
    : {
        what: 'Where the mailboxes are',
        taken,
        others: others.map(({ service, from }) => ({ value: service, from })),
      };
}

/** Sources that say the same. */
export function joined(from: string[]): string {
  return [...new Set(from)].join(', ');
}
