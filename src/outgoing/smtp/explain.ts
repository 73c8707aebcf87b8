import type { NodemailerError } from 'nodemailer/lib/errors';
import { Problem } from '../../model/problem.ts';
import type { AccessToken } from '../../model/token.ts';
import { askedBackoff, saysUnavailable } from '../../network/exchange-words.ts';
import { explainNetwork } from '../../network/explain.ts';
import { connectionLost, silent, starttlsMissing, throttled, unavailable } from '../../network/problems.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import * as problems from './problems.ts';

/** Exchange Online limits connections, rates and mails a day, some with codes that are meant to be final. */
const throttling =
  /thrott|too many(?! recipients)|rate limit|concurrent connections|sender thread limit|SubmissionQuotaExceeded|\b4\.3\.2\b/i;

/** Whether an answer is about how much is sent, not about this mail. */
export function isThrottling(said: string): boolean {
  return askedBackoff(said) !== null || throttling.test(said);
}

/** What went wrong with the connection or the sign-in, so that no recipient was answered for. */
export function explain(error: unknown, server: OutgoingServer, token: AccessToken | null = null): Problem {
  if (error instanceof Problem) return error;
  const failed = error as NodemailerError;
  return explainAnswer(failed, server, token) ?? explainTransport(failed, server);
}

/** What the server said, without the code and what nodemailer puts before it. */
export function saidBy({ response }: NodemailerError): string {
  return typeof response === 'string' ? response : '';
}

function explainAnswer(
  error: NodemailerError,
  server: OutgoingServer,
  token: AccessToken | null,
): Problem | null {
  const said = saidBy(error);
  const { responseCode = 0, command } = error;
  const peer = problems.peerOf(server);
  if (said === '') return null;
  if (isThrottling(said)) return throttled(peer, said, askedBackoff(said) ?? 0, error);
  if (command === 'STARTTLS') return starttlsMissing(peer, said, error);
  if (error.code === 'EAUTH' && responseCode >= 500 && saysUnavailable(said) && !/\b5\.7\./.test(said))
    return unavailable(peer, said, error);
  if (error.code === 'EAUTH' && responseCode >= 500)
    return refusedSignIn(error, server, said, token?.isPassword === true);
  if (responseCode === 530 || /\b5\.7\.57\b/.test(said)) return problems.signInNeeded(server, said, error);
  if (responseCode >= 400 && responseCode < 500)
    return error.code === 'EAUTH'
      ? unavailable(peer, said, error)
      : problems.notAccepted(server, said, false, error);
  return responseCode >= 500
    ? problems.turnedAway(server, said, error)
    : problems.misunderstood(server, said, error);
}

/** 535 (RFC 4954 6); what Exchange Online means by 5.7.139 is in its words only. */
function refusedSignIn(
  error: NodemailerError,
  server: OutgoingServer,
  said: string,
  byPassword: boolean,
): Problem {
  if (/SmtpClientAuthentication is disabled for the Tenant/i.test(said))
    return problems.submissionDisabled(server, said, 'tenant', error);
  if (/SmtpClientAuthentication is disabled for the Mailbox/i.test(said))
    return problems.submissionDisabled(server, said, 'mailbox', error);
  if (/\b5\.7\.139\b/.test(said) && !/credentials were incorrect/i.test(said))
    return problems.signInBlocked(server, said, error);
  return problems.signInRefused(server, said, byPassword, error);
}

function explainTransport(error: NodemailerError, server: OutgoingServer): Problem {
  const peer = problems.peerOf(server);
  if (error.timeoutType === 'SOCKET_TIMEOUT' || error.name === 'TimeoutError') return silent(peer, error);
  if (error.code === 'EPROTOCOL') return problems.misunderstood(server, error.message, error);
  const code = codeOf(error);
  return (
    explainNetwork(code === (error.code ?? '') ? error : { code, message: error.message }, peer) ??
    connectionLost(peer, /^E[A-Z]+$/.test(code) && code !== 'ECONNECTION' ? code : '', error)
  );
}

/** Node's or OpenSSL's code, which nodemailer puts behind its own. */
function codeOf({ code = '', originalCode, timeoutType }: NodemailerError): string {
  if (code === 'ETLS') return originalCode ?? 'EPROTO';
  return timeoutType ?? originalCode ?? String(code);
}
