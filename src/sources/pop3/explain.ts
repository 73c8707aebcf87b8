import { Problem } from '../../model/problem.ts';
import {
  askedBackoff,
  saysNotConnected,
  saysTokenExpired,
  saysUnavailable,
} from '../../network/exchange-words.ts';
import { explainNetwork } from '../../network/explain.ts';
import { connectionLost, starttlsMissing, throttled, unavailable } from '../../network/problems.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { noOauth, notConnected, passwordRefused, signInRefused } from '../sign-in-problems.ts';
import { NoOauthMechanism, Pop3ProtocolError, Pop3Refusal, StlsRefused } from './errors.ts';
import { inUse, misunderstood, refused, switchedOff } from './problems.ts';

/** Servers without response codes say it in words. */
const lockedWords =
  /mail ?(box|drop).{0,40}\block|\block.{0,40}mail ?(box|drop)|\bin use\b|already (open|logged in)/i;

/** RFC 2449 8.1.2 lets a server say how often one may sign in, but not in its refusal. */
const loginDelayMs = 60_000;

/** Whether a refusal has nothing to do with the message that was asked for. */
export function blamesServer({ responseCode, said }: Pop3Refusal): boolean {
  if (/^(SYS\/TEMP|IN-USE|LOGIN-DELAY)$/.test(responseCode)) return true;
  return (
    askedBackoff(said) !== null || saysNotConnected(said) || saysTokenExpired(said) || saysUnavailable(said)
  );
}

/** What was being done when an error came up: a command, or signing in with what. */
export type Doing = { command: string } | { signingIn: 'token' | 'password' };

/** Any error of the network, TLS or the server, as the problem a person reads. */
export function explain(error: unknown, server: MailServer, doing: Doing = { command: 'do this' }): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Pop3Refusal) return explainRefusal(error, server, doing);
  if (error instanceof Pop3ProtocolError) return misunderstood(server, error.what, error);
  if (error instanceof StlsRefused) return starttlsMissing(server, error.message, error);
  if (error instanceof NoOauthMechanism) return noOauth(server, 'SASL XOAUTH2 nor OAUTHBEARER', error);
  const { code = '' } = error as { code?: string };
  const network = explainNetwork(error, server);
  if (network) return network;
  if (code === 'CLOSED') return connectionLost(server, '', error);
  // Node's codes of a socket: ECONNRESET, EPIPE
  return /^E[A-Z]+$/.test(code) ? connectionLost(server, code, error) : Problem.from(error);
}

function explainRefusal(error: Pop3Refusal, server: MailServer, doing: Doing): Problem {
  const { responseCode, said } = error;
  if (saysNotConnected(said)) return notConnected(server, error);
  const backoff = askedBackoff(said);
  if (backoff !== null) return throttled(server, said, backoff, error);
  if (responseCode === 'LOGIN-DELAY') return throttled(server, said, loginDelayMs, error);
  if (responseCode === 'IN-USE') return inUse(server, said, error);
  if ('command' in doing)
    return responseCode === 'SYS/TEMP' || saysUnavailable(said)
      ? unavailable(server, said, error)
      : refused(server, doing.command, said, error);
  if (responseCode === 'SYS/TEMP') return unavailable(server, said, error);
  if (responseCode === 'SYS/PERM') return switchedOff(server, said, error);
  if (responseCode !== 'AUTH') {
    if (lockedWords.test(said)) return inUse(server, said, error);
    if (saysUnavailable(said)) return unavailable(server, said, error);
  }
  return doing.signingIn === 'password'
    ? passwordRefused(server, said, error)
    : signInRefused(server, said, error);
}
