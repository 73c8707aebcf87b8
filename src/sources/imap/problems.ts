import { Problem } from '../../model/problem.ts';
import { at, quote, saying } from '../../network/wording.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';

/** What goes wrong with a connection and with folders, in the words that a person reads. Which error becomes which is in `explain.ts`. */

export function folderRefused(server: MailServer, folder: string, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.folder-refused',
      kind: 'folder',
      title: 'The mail server does not open a folder',
      detail: `${at(server)}: ${JSON.stringify(quote(folder))}${saying(said)}`,
      remedy: 'Check the rights that the account has on this folder. It is tried again by itself.',
      retry: 'later',
    },
    origin,
  );
}

/** The sign-in succeeds, and LIST gives nothing. */
export function noFolders(server: MailServer): Problem {
  return new Problem({
    code: 'imap.no-folders',
    kind: 'folder',
    title: 'Signed in, but the mailbox shows no folders',
    detail: at(server),
    cause:
      'The account may see the mailbox but not its contents (a shared mailbox without full access), the mailbox was ' +
      'never opened and has no folders yet, or it has no licence.',
    remedy: 'Open the mailbox once in its web mail, and check that the account has full access to it.',
    retry: 'later',
  });
}

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

/** UIDNEXT lies below a UID that was read under the same UIDVALIDITY. */
export function uidsFell(server: MailServer, folder: string, last: number, uidNext: number): Problem {
  return new Problem({
    code: 'imap.uids-fell',
    kind: 'protocol',
    title: 'The mail server numbers its messages anew without saying so',
    detail: `${at(server)}: ${JSON.stringify(quote(folder))} was read up to UID ${last}, and its next is ${uidNext}`,
    cause:
      'The mail server was restored from a back-up, or it is faulty: under one UIDVALIDITY numbers may only rise ' +
      '(RFC 3501 2.3.1.1).',
    remedy:
      'None is needed for the mail: all that the folder lists was compared with what is stored, and what was missing ' +
      'was read. If it happens again, tell it to whoever runs the mail server.',
    retry: 'later',
  });
}
