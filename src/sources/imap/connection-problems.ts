import type { MailServer } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import { at, quote, saying } from '../../network/wording.ts';

/** What goes wrong with a connection, in the words that a person reads. Which error becomes which is in `explain.ts`. */

export function signInRefused(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.sign-in-refused',
      title: 'The mail server refuses the sign-in',
      detail: `${at(server)}, as ${server.username ?? server.address}${saying(said)}`,
      cause:
        'The token was refused, also a fresh one: it is for another account or another resource, the permission ' +
        'to use IMAP is missing from it, or IMAP is switched off for the mailbox.',
      remedy:
        'Check the mailbox address and sign-in name, and that the credential profile asks for the IMAP scope ' +
        '(Microsoft: https://outlook.office.com/IMAP.AccessAsUser.All); then reconnect the profile.',
      retry: 'later',
    },
    origin,
  );
}

/** P22: the five known causes; the doctor tells them apart. */
export function notConnected(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.not-connected',
      title: 'The token is good, but not for this mailbox',
      detail: `${at(server)}, mailbox ${server.username ?? server.address}; the server said: User is authenticated but not connected`,
      cause:
        'One of these: (1) another account consented than the mailbox belongs to, often the administrator who was ' +
        'signed in to the browser; (2) the mailbox is shared and the account that consented has no full access to it; ' +
        '(3) app-only: the service principal is not registered in Exchange, or was registered with the object ID of ' +
        'the App registration instead of the Enterprise application, or has no permission on the mailbox; ' +
        '(4) IMAP is switched off for the mailbox, or the mailbox has no licence; (5) a passing fault at the server.',
      remedy:
        'Test the connection to see which it is. Reconnect the profile with the account of the mailbox; for a shared ' +
        'mailbox or app-only access give FullAccess: Add-MailboxPermission -Identity ' +
        `${server.address} -User <account or service principal> -AccessRights FullAccess. A passing fault is retried.`,
      retry: 'later',
    },
    origin,
  );
}

export function noOauth(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.no-oauth',
      title: 'The mail server does not offer sign-in with OAuth 2.0',
      detail: `${at(server)} offers neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2`,
      remedy: 'Check host and port; switch on XOAUTH2 or OAUTHBEARER on the mail server.',
      retry: 'later',
    },
    origin,
  );
}

export function bye(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.bye',
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
      title: 'The mail server sent something that is not IMAP',
      detail: `${at(server)}: ${quote(what)}`,
      remedy: 'Check that host and port belong to an IMAP server. If they do, report it with the log.',
      retry: 'later',
    },
    origin,
  );
}
