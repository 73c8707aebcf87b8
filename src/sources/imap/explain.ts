import type { ImapFlowError } from 'imapflow';
import { Problem } from '../../model/problem.ts';
import { askedBackoff, saysNotConnected, saysUnavailable } from '../../network/exchange-words.ts';
import { explainNetwork } from '../../network/explain.ts';
import { connectionLost, silent, starttlsMissing, throttled, unavailable } from '../../network/problems.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { refused } from '../folder-problems.ts';
import { noOauth, notConnected, passwordRefused, signInRefused } from '../sign-in-problems.ts';
import * as problems from './problems.ts';

/** What else is known about the connection on which an error came up. */
export interface ConnectionFacts {
  /** What brought the connection down, where that was an error. */
  failure?: ImapFlowError | undefined;
  /** Why the server said BYE. */
  byeReason?: string | undefined;
  /** The last command that the server refused. */
  refusal?: ImapFlowError | undefined;
  /** The words by which the server asked to be left alone for a while; the connection was closed for that. */
  throttled?: string | undefined;
  /** The sign-in was by password. */
  byPassword?: boolean;
  /** The connection is in good order; what went wrong is none of its doing. */
  usable?: boolean;
}

const tooMuchOrNonsense =
  /^(ParserError|LineTooLarge|LiteralTooLarge|ResponseTooLarge|TooMany|MAX_IMAP_NESTING|UnexpectedTag|InvalidResponse|MissingTag|ResponseProcessing|STARTTLS_INJECTION)/;

/** imapflow's codes for a connection that has ended; it may still call itself usable in that moment. */
const isOver = /^(NoConnection|EConnectionClosed|StateLogout|ClosedAfterConnect\w*|NoMailboxSelected)$/;

/** Whether the server answered NO or BAD: the command failed, the connection is in good order. */
export function isRefusal(error: unknown): error is ImapFlowError {
  const status = (error as ImapFlowError | null)?.responseStatus;
  return (status === 'NO' || status === 'BAD') && (error as ImapFlowError).code !== 'ETHROTTLE';
}

/** The response code of a refusal (RFC 3501 7.1), in capitals; empty where there is none. imapflow leaves it in the parsed answer of some commands. */
function responseCodeOf({ serverResponseCode, response }: ImapFlowError): string {
  type Parsed = { attributes?: { section?: { value?: unknown }[] }[] } | undefined;
  const parsed = (response as unknown as Parsed)?.attributes?.[0]?.section?.[0]?.value;
  return String(serverResponseCode ?? parsed ?? '').toUpperCase();
}

/** What the server said when it refused a command. */
export function saidBy(error: ImapFlowError | undefined): string {
  if (error?.responseText) return error.responseText;
  return typeof error?.response === 'string' ? error.response : '';
}

/**
 * Any error of imapflow, the network, TLS or the server, as the problem a person reads.
 * `doing` names the command for the case that the server refuses it: "open the folder".
 */
export function explain(
  error: unknown,
  server: MailServer,
  facts: ConnectionFacts = {},
  doing = 'do this',
): Problem {
  if (error instanceof Problem) return error;
  const failed = error as ImapFlowError;
  return (
    explainAnswer(failed, server, facts, doing) ??
    explainTransport(failed, server) ??
    explainEnd(failed, server, facts)
  );
}

/** Errors in which the server said something. */
function explainAnswer(
  error: ImapFlowError,
  server: MailServer,
  facts: ConnectionFacts,
  doing: string,
): Problem | null {
  const said = saidBy(error);
  if (saysNotConnected(said)) return notConnected(server, error);
  const backoff = askedBackoff(said);
  if (backoff !== null) return throttled(server, said, backoff, error);
  if (error.authenticationFailed) {
    if (isServersTrouble(error, said)) return unavailable(server, said, error);
    return facts.byPassword ? passwordRefused(server, said, error) : signInRefused(server, said, error);
  }
  if (error.message === 'Unsupported authentication mechanism')
    return noOauth(server, 'AUTH=OAUTHBEARER nor AUTH=XOAUTH2', error);
  if (!isRefusal(error)) return null;
  // RFC 5530: the server is to blame, not what was asked for
  const isItself = /^(UNAVAILABLE|INUSE)$/.test(responseCodeOf(error)) || saysUnavailable(said);
  return isItself ? unavailable(server, said, error) : refused(server, doing, said, error);
}

/** Whether the server is to blame for a refused sign-in, not the token: by its code (RFC 5530 3), else by its words. */
function isServersTrouble({ serverResponseCode: code = '' }: ImapFlowError, said: string): boolean {
  if (/^(UNAVAILABLE|INUSE|SERVERBUG|LIMIT)$/.test(code)) return true;
  return !/^(AUTH|EXPIRED|PRIVACYREQUIRED|CONTACTADMIN)/.test(code) && saysUnavailable(said);
}

/** Errors of name, network, TLS and protocol, by their code. */
function explainTransport(error: ImapFlowError, server: MailServer): Problem | null {
  const code = error.code ?? '';
  if (tooMuchOrNonsense.test(code)) return problems.misunderstood(server, code, error);
  if (error.tlsFailed && code === '') return starttlsMissing(server, error.message, error);
  if (code === 'ETIMEOUT') return silent(server, error);
  return explainNetwork(error, server);
}

/** The connection is gone, or something else happened: why is in the facts. */
function explainEnd(error: ImapFlowError, server: MailServer, facts: ConnectionFacts): Problem {
  const said = facts.throttled ?? error.reason ?? facts.byeReason ?? '';
  if (saysNotConnected(said) || saysNotConnected(saidBy(facts.refusal))) return notConnected(server, error);
  if (said !== '') {
    const backoff = askedBackoff(said);
    return backoff === null ? problems.bye(server, said, error) : throttled(server, said, backoff, error);
  }
  if (facts.failure && facts.failure !== error) return explain(facts.failure, server);
  const code = error.code ?? '';
  if (facts.usable && !isOver.test(code)) return Problem.from(error);
  // imapflow's own codes say nothing to a person, those of the network do: ECONNRESET
  return connectionLost(server, /^E[A-Z]+$/.test(code) ? code : '', error);
}
