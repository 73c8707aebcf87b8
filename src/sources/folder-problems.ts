import { Problem } from '../model/problem.ts';
import { at, quote, saying } from '../network/wording.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';

/** What goes wrong with folders and requests in them over any protocol, in the words that a person reads. */

export function folderMissing(server: MailServer, folder: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${server.protocol}.folder-missing`,
      kind: 'folder',
      title: 'A folder does not exist in the mailbox',
      detail: `${at(server)}: ${JSON.stringify(quote(folder))}`,
      cause: 'The folder was renamed or deleted, or its name is written differently on the server.',
      remedy: 'Correct the folder in the settings of this server, or make it in the mailbox.',
      retry: 'later',
    },
    origin,
  );
}

/** The server refused a request; `doing` says what it was for. */
export function refused(server: MailServer, doing: string, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${server.protocol}.refused`,
      kind: 'refused',
      title: `The mail server refuses to ${doing}`,
      detail: `${at(server)}${saying(said)}`,
      remedy: 'Check the rights that the account has on the mailbox. It is tried again by itself.',
      retry: 'later',
    },
    origin,
  );
}
