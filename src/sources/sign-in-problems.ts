import { type Cause, type Entry, problemOf, type Values } from '../model/entry.ts';
import { userOf } from '../model/mail-server.ts';
import type { Problem } from '../model/problem.ts';
import { at, saying } from '../network/wording.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';

/** What goes wrong when a mailbox is opened over IMAP or POP3, in the words that a person reads. */

/** What people call the protocol, and its name in Exchange's permissions (`IMAP.AccessAsUser.All`) and cmdlets (`-ImapEnabled`). */
const inExchange = {
  imap: { protocol: 'IMAP', permission: 'IMAP', cmdlet: 'Imap' },
  pop3: { protocol: 'POP3', permission: 'POP', cmdlet: 'Pop' },
} as const;

/** By these protocols Exchange says “not connected” whatever the reason. */
export function saysOnlyNotConnected(protocol: string): protocol is keyof typeof inExchange {
  return Object.hasOwn(inExchange, protocol);
}

/** What entries about a mailbox may name of it. */
export function valuesOf(server: MailServer): Values {
  return {
    server: server.name,
    mailbox: server.address,
    host: server.host,
    port: String(server.port),
    ...(saysOnlyNotConnected(server.protocol) && inExchange[server.protocol]),
  };
}

const unknownService: Cause = {
  name: 'service-principal',
  why: 'App-only: Exchange does not know the app’s service principal, or knows it by the Object ID of the App registration instead of the Enterprise application.',
  remedy:
    'In Exchange Online PowerShell: New-ServicePrincipal -AppId {clientId} -ObjectId {objectId}; ' +
    'Add-MailboxPermission -Identity {mailbox} -User {objectId} -AccessRights FullAccess. It takes effect within about 30 minutes.',
  decide:
    'Get-ServicePrincipal | Format-List AppId, ObjectId in Exchange Online PowerShell must list {clientId} with {objectId}.',
};
const noPermission: Cause = {
  name: 'no-permission',
  why: 'App-only: Exchange gives the app no access to this mailbox.',
  remedy:
    'In Exchange Online PowerShell: Add-MailboxPermission -Identity {mailbox} -User {objectId} -AccessRights FullAccess. It takes effect within about 30 minutes.',
  decide:
    'Get-MailboxPermission -Identity {mailbox} in Exchange Online PowerShell must list the app with FullAccess.',
};
const switchedOff: Cause = {
  name: 'switched-off',
  why: '{protocol} is switched off for the mailbox, or the mailbox has no licence.',
  remedy:
    'In Exchange Online PowerShell: Set-CASMailbox -Identity {mailbox} -{cmdlet}Enabled $true. Check in the Microsoft 365 admin center that the mailbox has a licence with Exchange Online.',
  decide:
    'Get-CASMailbox -Identity {mailbox} | Format-List {cmdlet}Enabled in Exchange Online PowerShell shows whether it is on.',
};
const noFullAccess: Cause = {
  name: 'no-full-access',
  why: 'The mailbox is shared, and the account that consented ({account}) has no full access to it.',
  remedy:
    'In Exchange Online PowerShell: Add-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess. It takes effect within about 30 minutes.',
  decide: 'Get-MailboxPermission -Identity {mailbox} in Exchange Online PowerShell lists who has it.',
};
const noRole: Cause = {
  name: 'no-role',
  why: 'App-only: the application has no permission {permission}.AccessAsApp: it is missing from the roles of its token.',
  remedy:
    'In the App registration add the application permission {permission}.AccessAsApp of Office 365 Exchange Online, and grant admin consent.',
};

/** What "User is authenticated but not connected" may mean: the token is one of Exchange's, and does not open the mailbox. */
export const notConnectedEntry = {
  code: '*.not-connected',
  kind: 'denied',
  title: 'The token is good, but not for this mailbox',
  said: ['BAD User is authenticated but not connected.'],
  causes: [
    {
      name: 'other-account',
      why: 'Another account consented ({account}) than the mailbox {mailbox} belongs to, often the administrator who was signed in to the browser.',
      remedy: 'Reconnect the credential profile, and sign in as {mailbox}.',
    },
    noFullAccess,
    {
      name: 'no-scope',
      why: 'The token does not carry the permission {permission}.AccessAsUser.All.',
      remedy:
        'Ask for the scope https://outlook.office.com/{permission}.AccessAsUser.All in the credential profile, and reconnect it.',
    },
    noRole,
    unknownService,
    noPermission,
    switchedOff,
    {
      name: 'passing',
      why: 'A passing fault at the mail server.',
      remedy: 'None is needed: it is tried again by itself.',
    },
  ],
  remedy: 'Press Test connection: it finds out which it is. A passing fault is retried by itself.',
  retry: 'later',
} as const satisfies Entry;

/** What a refused token may mean. */
export const signInRefusedEntry = {
  code: '*.sign-in-refused',
  kind: 'sign-in',
  title: 'The mail server refuses the sign-in',
  said: ['NO AUTHENTICATE failed.', '-ERR Authentication failure: unknown user name or bad password.'],
  causes: [
    {
      name: 'other-account',
      why: 'The token is for another account ({account}) than the one that is signed in with ({mailbox}).',
      remedy:
        'Reconnect the credential profile, and sign in as {mailbox}. Where the mailbox is shared, tick “This is a shared mailbox” in this server.',
    },
    noFullAccess,
    {
      name: 'no-scope',
      why: 'The permission to use {protocol} is missing from the token: it does not carry {permission}.AccessAsUser.All.',
      remedy:
        'In Azure add Microsoft Graph > Delegated permissions > {permission}.AccessAsUser.All to the API permissions of the app; let the credential profile ask for https://outlook.office.com/{permission}.AccessAsUser.All; then reconnect it.',
    },
    noRole,
    {
      name: 'other-resource',
      why: 'The token is for another resource than the mail server.',
      remedy:
        'Let the credential profile ask for https://outlook.office.com/{permission}.AccessAsUser.All (app-only: https://outlook.office365.com/.default), then reconnect it.',
    },
    unknownService,
    noPermission,
    switchedOff,
  ],
  remedy: 'Press Test connection: it looks into the token and finds out which it is.',
  retry: 'later',
} as const satisfies Entry;

const passwordRefusedEntry = {
  code: '*.password-refused',
  kind: 'sign-in',
  title: 'The mail server refuses the password',
  why:
    'The password or the sign-in name is wrong, {protocol} is switched off for the mailbox, or the server takes ' +
    'no passwords from programs (Exchange Online and Outlook.com do not; Gmail and iCloud want an app password).',
  remedy: 'Enter the password anew in the credential profile, or use a profile with OAuth 2.0.',
  retry: 'later',
} as const satisfies Entry;

const noOauthEntry = {
  code: '*.no-oauth',
  kind: 'protocol',
  title: 'The mail server does not offer sign-in with OAuth 2.0',
  remedy: 'Check host and port; switch on XOAUTH2 or OAUTHBEARER on the mail server.',
  retry: 'later',
} as const satisfies Entry;

export const signInEntries: readonly Entry[] = [
  notConnectedEntry,
  signInRefusedEntry,
  passwordRefusedEntry,
  noOauthEntry,
];

/** A token was refused, also a fresh one. */
export function signInRefused(server: MailServer, said: string, origin?: unknown): Problem {
  return refused(signInRefusedEntry, server, said, origin);
}

export function passwordRefused(server: MailServer, said: string, origin?: unknown): Problem {
  return refused(passwordRefusedEntry, server, said, origin);
}

function refused(entry: Entry, server: MailServer, said: string, origin: unknown): Problem {
  const detail = `${at(server)}, as ${userOf(server)}${saying(said)}`;
  return problemOf(entry, { of: server.protocol, values: valuesOf(server), detail }, origin);
}

export function notConnected(server: MailServer, origin?: unknown): Problem {
  const detail = `${at(server)}, mailbox ${userOf(server)}; the server said: User is authenticated but not connected`;
  return problemOf(notConnectedEntry, { of: server.protocol, values: valuesOf(server), detail }, origin);
}

/** `wanted` names the mechanisms as the protocol lists them. */
export function noOauth(server: MailServer, wanted: string, origin?: unknown): Problem {
  const detail = `${at(server)} offers neither ${wanted}`;
  return problemOf(noOauthEntry, { of: server.protocol, detail }, origin);
}
