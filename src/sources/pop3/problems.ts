import { noneIfItPasses, Problem } from '../../model/problem.ts';
import { at, quote, saying } from '../../network/wording.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';

/** What goes wrong with a maildrop, in the words that a person reads. Which error becomes which is in `explain.ts`. */

/** RFC 2449 8.1.1. */
export function inUse(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'pop3.in-use',
      kind: 'busy',
      title: 'The mailbox is locked by another POP3 session',
      detail: `${at(server)}${saying(said)}`,
      cause:
        'POP3 lets one program in at a time: another one reads this mailbox just now, or a connection that broke ' +
        'is still open on the server.',
      remedy: 'None is needed if it passes: it is tried again by itself. Otherwise end the other program.',
      retry: 'later',
    },
    origin,
  );
}

/** RFC 3206 4, `SYS/PERM`: somebody must change something on the server. */
export function switchedOff(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'pop3.switched-off',
      kind: 'mailbox',
      title: 'The mail server does not let this mailbox be read by POP3',
      detail: `${at(server)}${saying(said)}`,
      cause: 'POP3 is switched off for the mailbox, or the mailbox is in no good order.',
      remedy:
        'Switch on POP: in Gmail under Settings, Forwarding and POP/IMAP; in Exchange with ' +
        `Set-CASMailbox -Identity ${server.address} -PopEnabled $true.`,
      retry: 'later',
    },
    origin,
  );
}

/** Without unique ids nobody can tell a message that was read from one that was not. */
export function noUniqueIds(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'pop3.no-unique-ids',
      kind: 'protocol',
      title: 'The mail server gives its messages no unique ids',
      detail: `${at(server)} does not know UIDL`,
      cause:
        'UIDL is optional in POP3 (RFC 1939 7). Without it messages that stay on the server would come in again ' +
        'and again, so this mailbox is not read at all.',
      remedy: 'Read the mailbox by IMAP, or switch on UIDL on the mail server.',
      retry: 'later',
    },
    origin,
  );
}

/** The server answered -ERR to a command; `doing` says what it was for. */
export function refused(server: MailServer, doing: string, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'pop3.refused',
      kind: 'refused',
      title: `The mail server refuses to ${doing}`,
      detail: `${at(server)}${saying(said)}`,
      remedy: noneIfItPasses,
      retry: 'later',
    },
    origin,
  );
}

export function misunderstood(server: MailServer, what: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'pop3.protocol',
      kind: 'protocol',
      title: 'The mail server sent something that is not POP3',
      detail: `${at(server)}: ${quote(what)}`,
      remedy: 'Check that host and port belong to a POP3 server. If they do, report it with the log.',
      retry: 'later',
    },
    origin,
  );
}

export function cannotBeDone(server: MailServer, action: string): Problem {
  return new Problem({
    code: 'pop3.action',
    kind: 'conflict',
    title: 'POP3 can only leave or delete messages',
    detail: `${at(server)}: ${action}`,
    remedy: 'Choose leave or delete in the settings of this server, or read it by IMAP.',
  });
}

/** Rows of UIDL that name no message, on a server that shows the others well. */
export function rowsUnreadable(server: MailServer, count: number): Problem {
  return new Problem({
    code: 'pop3.rows-unreadable',
    kind: 'protocol',
    title: 'The mail server lists messages that have no unique id',
    detail: `${at(server)}: ${count}`,
    cause: 'Messages are damaged on the server: it cannot tell their unique ids.',
    remedy:
      'All others are read. Look for damaged messages in the log of the mail server, or read the mailbox by IMAP.',
    retry: 'later',
  });
}
