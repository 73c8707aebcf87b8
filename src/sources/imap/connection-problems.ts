import type { MailServer } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import { at, quote, saying } from '../../network/wording.ts';

/** What goes wrong with a connection, in the words that a person reads. Which error becomes which is in `explain.ts`. */

export function bye(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.bye',
      kind: 'unavailable',
      title: 'The mail server closed the connection',
      detail: `${at(server)}${saying(said)}`,
      remedy: 'None is needed if it passes: the connection is made anew.',
      retry: 'later',
    },
    origin,
  );
}

export function misunderstood(server: MailServer, what: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.protocol',
      kind: 'protocol',
      title: 'The mail server sent something that is not IMAP',
      detail: `${at(server)}: ${quote(what)}`,
      remedy: 'Check that host and port belong to an IMAP server. If they do, report it with the log.',
      retry: 'later',
    },
    origin,
  );
}
