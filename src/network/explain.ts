import type { Problem } from '../model/problem.ts';
import { obstacleOf } from './obstacles.ts';
import { tlsFailed, unreachable } from './problems.ts';
import { NameUnresolved, ProxyFailure } from './proxy-failure.ts';
import { nameUnresolved, proxyProblem } from './proxy-problems.ts';
import { messageAndCode, tlsFailureOf } from './tls-failures.ts';
import type { Peer } from './wording.ts';

/** A failure of name, network, proxy or TLS, by Node's and OpenSSL's code; null for any other. */
export function explainNetwork(error: unknown, peer: Peer): Problem | null {
  if (error instanceof ProxyFailure) return proxyProblem(error, peer);
  if (error instanceof NameUnresolved) return nameUnresolved(peer, error);
  const obstacle = obstacleOf(error);
  if (obstacle) return unreachable(peer, obstacle.why, obstacle.cause, error);
  const failure = tlsFailureOf(error);
  return failure && tlsFailed(peer, failure, messageAndCode(error), error);
}
