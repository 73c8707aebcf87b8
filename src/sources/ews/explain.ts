import { Problem } from '../../model/problem.ts';
import { explainNetwork } from '../../network/explain.ts';
import type { HttpsResponse } from '../../network/https.ts';
import { connectionLost, silent, throttled } from '../../network/problems.ts';
import { retryAfter } from '../../network/retry-after.ts';
import { XmlError } from '../../network/xml.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { folderMissing, refused } from '../folder-problems.ts';
import { stopped } from '../message-problems.ts';
import * as problems from './problems.ts';
import { categoryOf, Refusal } from './refusal.ts';

/**
 * Any error of Exchange, HTTP, the network or TLS, as the problem a person reads. `doing` names what was asked for
 * the case that it is refused: "open the folder"; `folder` the folder that it was about.
 */
export function explain(error: unknown, server: MailServer, doing = 'do this', folder = ''): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return explainRefusal(error, server, doing, folder);
  if (error instanceof XmlError) return problems.notExchange(server, error.message, error);
  const { name, cause } = error as { name?: string; cause?: { name?: string } };
  if (name === 'TimeoutError' || cause?.name === 'TimeoutError') return silent(server, error);
  if (name === 'AbortError') return stopped(server);
  const code = String((error as { code?: unknown }).code ?? '');
  const problem = explainNetwork(error, server);
  if (problem) return problem;
  return /^E[A-Z]+$/.test(code) ? connectionLost(server, code, error) : Problem.from(error);
}

function explainRefusal(refusal: Refusal, server: MailServer, doing: string, folder: string): Problem {
  const said = refusal.message;
  switch (categoryOf(refusal)) {
    case 'throttling':
      return throttled(server, said, refusal.backOff, refusal);
    case 'passing':
      return problems.overloaded(server, said, refusal);
    case 'access':
      return problems.accessDenied(server, said, refusal);
    case 'mailbox':
      return problems.mailboxMissing(server, said, refusal);
    case 'folder':
      // Every mailbox has an inbox: who does not see it has no right to (ErrorFolderNotFound)
      return folder.toUpperCase() === 'INBOX'
        ? problems.accessDenied(server, said, refusal)
        : folderMissing(server, folder, refusal);
    case 'request':
      return refused(server, doing, said, refusal);
  }
}

/** An answer that is neither success nor SOAP fault. `said` is its text. */
export function explainStatus(server: MailServer, { status, headers }: HttpsResponse, said: string): Problem {
  if (status === 403) return problems.disabled(server, said);
  if (status === 429 || status === 503) {
    const at = retryAfter(headers['retry-after']);
    return throttled(server, `HTTP ${status}`, at ? at.getTime() - Date.now() : 0);
  }
  if (status >= 500) return problems.overloaded(server, `HTTP ${status}`);
  return problems.notExchange(server, `HTTP ${status} ${headers.location ?? ''}`);
}

/** HTTP 401. */
export function explainUnauthorized(server: MailServer, { headers }: HttpsResponse): Problem {
  const offered = String(headers['www-authenticate'] ?? '');
  if (offered !== '' && !/\bBearer\b/i.test(offered)) return problems.noOauth(server, offered);
  // Why the token is taken for bad has a header of its own: `2000003;reason="The token has expired.";…`
  const diagnosis = /reason="([^"]*)"/.exec(String(headers['x-ms-diagnostics'] ?? ''));
  return problems.signInRefused(server, diagnosis?.[1] ?? '');
}
