import { Problem } from '../../model/problem.ts';
import { explainNetwork } from '../../network/explain.ts';
import { isPassing, Malformed, Refusal } from '../../network/graph.ts';
import { connectionLost, silent } from '../../network/problems.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import * as problems from './problems.ts';
import { isGone, isNoId } from './refusal.ts';

/**
 * Any error of the network, TLS or Microsoft Graph, as the problem a person reads. `doing` names what was asked for,
 * for the case that it is refused: "list the folder"; `folder` the folder that it was about.
 */
export function explain(
  error: unknown,
  server: MailServer,
  doing = 'do this',
  folder: string | null = null,
): Problem {
  if (error instanceof Problem) return error;
  if (folder !== null && (isGone(error) || isNoId(error))) return problems.folderMissing(server, folder);
  if (error instanceof Refusal) return explainRefusal(error, server, doing);
  if (error instanceof Malformed) return problems.misunderstood(server, error.message, error);
  const { name = '', message = '', code: given } = (error ?? {}) as Partial<Error> & { code?: unknown };
  // A DOMException has a number there
  const code = typeof given === 'string' ? given : '';
  if (name === 'TimeoutError') return silent(server, error);
  const network = explainNetwork(error, server);
  if (network) return network;
  if (/^E[A-Z]+$|^ERR_STREAM|^ABORT_ERR$/.test(code))
    return connectionLost(server, code === 'ECONNRESET' ? '' : code, error);
  return message.startsWith('the answer ')
    ? problems.misunderstood(server, message, error)
    : Problem.from(error);
}

function explainRefusal(error: Refusal, server: MailServer, doing: string): Problem {
  const { status, message } = error;
  if (
    error.is(
      'MailboxNotEnabledForRESTAPI',
      'MailboxNotSupportedForRESTAPI',
      'ResourceNotFound',
      'extensionError',
    )
  )
    return problems.mailboxNotEnabled(server, message, error);
  if (error.is('ErrorInvalidUser', 'Request_ResourceNotFound', 'ErrorNonExistentMailbox'))
    return problems.mailboxUnknown(server, message, error);
  if (status === 403) return problems.accessDenied(server, message, error);
  if (isPassing(error)) return problems.unavailable(server, message, error);
  // A redirection, or an error without a code: whoever answers here is not Graph
  if (error.codes.length === 0) return problems.misunderstood(server, message, error);
  return problems.refused(server, doing, message, error);
}
