import { userOf } from '../model/mail-server.ts';
import { Problem, type ProblemFields } from '../model/problem.ts';
import { at, saying } from '../network/wording.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';

/** What goes wrong when a mailbox is opened over IMAP or POP3, in the words that a person reads. */

/** What people call the protocol, and its name in Exchange's permissions (`IMAP.AccessAsUser.All`) and cmdlets (`-ImapEnabled`). */
const inExchange = {
  imap: { name: 'IMAP', permission: 'IMAP', cmdlet: 'Imap' },
  pop3: { name: 'POP3', permission: 'POP', cmdlet: 'Pop' },
} as const;

export function mailboxProtocol({ protocol }: Pick<MailServer, 'protocol'>) {
  return saysOnlyNotConnected(protocol) ? inExchange[protocol] : inExchange.imap;
}

/** By these protocols Exchange says “not connected” whatever the reason. */
export function saysOnlyNotConnected(protocol: string): protocol is keyof typeof inExchange {
  return Object.hasOwn(inExchange, protocol);
}

/** A token was refused, also a fresh one. */
export function signInRefused(server: MailServer, said: string, origin?: unknown): Problem {
  const { name, permission } = mailboxProtocol(server);
  return refusedSignIn(
    server,
    said,
    {
      title: 'The mail server refuses the sign-in',
      cause:
        'The token was refused, also a fresh one: it is for another account or another resource, the permission ' +
        `to use ${name} is missing from it, or ${name} is switched off for the mailbox.`,
      remedy:
        `Check the mailbox address and sign-in name, and that the credential profile asks for the ${name} scope ` +
        `(Microsoft: https://outlook.office.com/${permission}.AccessAsUser.All); then reconnect the profile.`,
    },
    origin,
  );
}

export function passwordRefused(server: MailServer, said: string, origin?: unknown): Problem {
  const { name } = mailboxProtocol(server);
  return refusedSignIn(
    server,
    said,
    {
      title: 'The mail server refuses the password',
      cause:
        `The password or the sign-in name is wrong, ${name} is switched off for the mailbox, or the server takes ` +
        'no passwords from programs (Exchange Online and Outlook.com do not; Gmail and iCloud want an app password).',
      remedy: 'Enter the password anew in the credential profile, or use a profile with OAuth 2.0.',
    },
    origin,
  );
}

function refusedSignIn(
  server: MailServer,
  said: string,
  words: Pick<ProblemFields, 'title' | 'cause' | 'remedy'>,
  origin: unknown,
): Problem {
  return new Problem(
    {
      code: `${server.protocol}.sign-in-refused`,
      kind: 'sign-in',
      detail: `${at(server)}, as ${userOf(server)}${saying(said)}`,
      ...words,
      retry: 'later',
    },
    origin,
  );
}

/** The five known causes; the doctor tells them apart. */
export function notConnected(server: MailServer, origin?: unknown): Problem {
  const { name } = mailboxProtocol(server);
  return new Problem(
    {
      code: `${server.protocol}.not-connected`,
      kind: 'denied',
      title: 'The token is good, but not for this mailbox',
      detail: `${at(server)}, mailbox ${userOf(server)}; the server said: User is authenticated but not connected`,
      cause:
        'One of these: (1) another account consented than the mailbox belongs to, often the administrator who was ' +
        'signed in to the browser; (2) the mailbox is shared and the account that consented has no full access to it; ' +
        '(3) app-only: the service principal is not registered in Exchange, or was registered with the object ID of ' +
        'the App registration instead of the Enterprise application, or has no permission on the mailbox; ' +
        `(4) ${name} is switched off for the mailbox, or the mailbox has no licence; (5) a passing fault at the server.`,
      remedy:
        'Test the connection to see which it is. Reconnect the profile with the account of the mailbox; for a shared ' +
        'mailbox or app-only access give FullAccess: Add-MailboxPermission -Identity ' +
        `${server.address} -User <account or service principal> -AccessRights FullAccess. A passing fault is retried.`,
      retry: 'later',
    },
    origin,
  );
}

/** `wanted` names the mechanisms as the protocol lists them. */
export function noOauth(server: MailServer, wanted: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${server.protocol}.no-oauth`,
      kind: 'protocol',
      title: 'The mail server does not offer sign-in with OAuth 2.0',
      detail: `${at(server)} offers neither ${wanted}`,
      remedy: 'Check host and port; switch on XOAUTH2 or OAUTHBEARER on the mail server.',
      retry: 'later',
    },
    origin,
  );
}
