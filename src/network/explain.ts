import type { Problem } from '../model/problem.ts';
import { tlsFailed, unreachable } from './problems.ts';
import { messageAndCode, tlsFailureOf } from './tls-failures.ts';
import type { Peer } from './wording.ts';

const obstacles: Record<string, [why: string, cause: string] | undefined> = {
  ENOTFOUND: ['the name is not known', 'The host name is misspelt, or the DNS server does not know it.'],
  EAI_AGAIN: ['the name could not be looked up', 'The DNS server does not answer.'],
  ECONNREFUSED: ['the connection is refused', 'Nothing listens on that port, or a firewall refuses it.'],
  ETIMEDOUT: ['the connection timed out', 'A firewall drops the connection, or the host is down.'],
  CONNECT_TIMEOUT: ['the connection timed out', 'A firewall drops the connection, or the host is down.'],
  EHOSTUNREACH: ['there is no way to the host', 'The network or the host is down.'],
  UND_ERR_CONNECT_TIMEOUT: [
    'the connection timed out',
    'A firewall drops the connection, or the host is down.',
  ],
  ENETUNREACH: ['there is no way to the network', 'This machine has no network, or no route to that one.'],
  GREETING_TIMEOUT: [
    'connected, but no greeting came',
    'The server is overloaded, or it waits for TLS from the first byte on this port.',
  ],
};

/** A failure of name, network or TLS, by Node's and OpenSSL's code; null for any other. */
export function explainNetwork(error: unknown, peer: Peer): Problem | null {
  const { code = '' } = error as { code?: string };
  const obstacle = obstacles[code];
  if (obstacle) return unreachable(peer, ...obstacle, error);
  const failure = tlsFailureOf(error);
  return failure && tlsFailed(peer, failure, messageAndCode(error), error);
}
