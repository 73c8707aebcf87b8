import { isHostAllowed } from '../network/allowed-hosts.ts';
import type { Provider } from '../resources/credential-profile/provider.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Protocol } from '../resources/incoming-server/protocol.ts';
import type { OutgoingKind } from '../resources/outgoing-server/kind.ts';
import type { Conflict, FoundServer, Sign } from './discovery.ts';
import type { Findings } from './findings.ts';
import { joined } from './whose.ts';

/** What Letterbox can be told to use, as far as it matters here. */
export interface KnownKinds {
  providers: readonly Provider[];
  protocols: readonly Protocol[];
  outgoing: readonly OutgoingKind[];
}

/** Mail is sent by it, whoever names the server. */
export const sendingProtocol = 'smtp';

/**
 * Every server that anybody names, the best first: what the mailbox's Exchange says, the provider's own, the domain's
 * files, Thunderbird's database, SRV records, the database by MX. Those that are named more than once are there once.
 */
export function serversIn(
  findings: Findings,
  sign: Sign | null,
  cloud: string | null,
  kinds: KnownKinds,
): FoundServer[] {
  const { exchange, ownFiles, database, srv, databaseByMx } = findings;
  const named = [
    ...exchange.servers,
    ...(sign ? serversOf(sign, cloud, kinds) : []),
    ...[ownFiles, database, srv, databaseByMx].flatMap(({ servers }) => inOrder(servers, kinds)),
  ];
  const once = Map.groupBy(named, ({ protocol, host, port, security }) =>
    [protocol, host, port, security].join(' '),
  );
  return [...once.values()].map((same) => {
    const [best] = same as [FoundServer];
    const from = joined(same.map((one) => one.from));
    // What anybody else vouches for needs no confirmation
    const remark = same.some((one) => one.remark === null) ? null : best.remark;
    // Who knows how one signs in knows as whom
    const { username, authentication } = same.find((one) => one.authentication.length > 0) ?? best;
    return { ...best, from, username, authentication, remark: remark ?? notAllowed(best.host) };
  });
}

function notAllowed(host: string): string | null {
  return isHostAllowed(host)
    ? null
    : `network.allowedHosts of the configuration does not allow connections to ${host}.`;
}

/** A provider's own servers, as its profiles have them. */
function serversOf(sign: Sign, cloud: string | null, { providers, protocols, outgoing }: KnownKinds) {
  const provider = providers.find(({ name }) => name === sign.provider);
  // Of a profile only its cloud matters to where its servers are
  const profile = { cloud: cloud ?? 'worldwide' } as CredentialProfile;
  const at = (protocol: string, use: string, ports: OutgoingKind['ports']): FoundServer[] => {
    const host = provider?.hostFor(profile, use) ?? null;
    const [security, port = 0] = Object.entries(ports)[0] ?? [];
    if (host === null || (security !== 'tls' && security !== 'starttls')) return [];
    const { from } = sign;
    return [
      { protocol, host, port, security, username: null, authentication: ['oauth2'], from, remark: null },
    ];
  };
  return [
    ...protocols.flatMap(({ name, ports }) => at(name, name, { tls: ports.tls })),
    ...outgoing
      .filter(({ name }) => name === sendingProtocol)
      .flatMap(({ name, use, ports }) => at(name, use.name, ports)),
  ];
}

/** Of what one source names: the protocol that comes first, and TLS from the first byte (RFC 8314 3). */
function inOrder(servers: FoundServer[], { protocols }: KnownKinds): FoundServer[] {
  const names = protocols.map(({ name }) => name);
  const placeOf = ({ protocol, security }: FoundServer) =>
    2 * (names.includes(protocol) ? names.indexOf(protocol) : names.length) + (security === 'tls' ? 0 : 1);
  return servers.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** The server to read by: the best one, or the best one of the protocol that is wanted. */
export function serverToRead(
  servers: FoundServer[],
  protocols: readonly Protocol[],
  wanted: string | null,
): FoundServer | null {
  const isMeant = ({ name }: Protocol) => wanted === null || name === wanted;
  const names = protocols.filter(isMeant).map(({ name }) => name);
  return servers.find(({ protocol }) => names.includes(protocol)) ?? null;
}

export function serverToSendBy(servers: FoundServer[]): FoundServer | null {
  return servers.find(({ protocol }) => protocol === sendingProtocol) ?? null;
}

/** Other hosts that are named for the same protocol. */
export function hostConflict(what: string, taken: FoundServer, servers: FoundServer[]): Conflict | null {
  const others = servers.filter(({ protocol, host }) => protocol === taken.protocol && host !== taken.host);
  const said = ({ host, from }: FoundServer) => ({ value: host, from });
  const hosts = Map.groupBy(others, ({ host }) => host);
  return others.length === 0
    ? null
    : {
        what,
        taken: said(taken),
        others: [...hosts].map(([value, same]) => ({ value, from: joined(same.map(({ from }) => from)) })),
      };
}
