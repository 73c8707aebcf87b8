import { type Entry, problemOf, type Values } from '../model/entry.ts';
import { userOf } from '../model/mail-server.ts';
import type { Problem } from '../model/problem.ts';
import { at, saying } from '../network/wording.ts';
import { cloudNames } from '../oauth/authorities/microsoft/clouds.ts';
import { permissionsOf } from '../oauth/authorities/microsoft/permissions.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import {
  noFullAccess,
  noPermission,
  noRole,
  noScope,
  otherAccount,
  otherResource,
  passing,
  switchedOff,
  unknownService,
} from './access-causes.ts';

/** What goes wrong when a mailbox is opened over IMAP or POP3, in the words that a person reads. */

/** What people call a protocol, and its name in Exchange’s cmdlets (`-ImapEnabled`). */
const inExchange: Record<string, { protocol: string; cmdlet: string } | undefined> = {
  imap: { protocol: 'IMAP', cmdlet: 'Imap' },
  pop3: { protocol: 'POP3', cmdlet: 'Pop' },
  ews: { protocol: 'Exchange Web Services', cmdlet: 'Ews' },
  graph: { protocol: 'Microsoft Graph', cmdlet: 'Ews' },
};

/** What entries about a mailbox may name of it; permissions as Microsoft calls them, in the worldwide cloud. */
export function valuesOf(server: MailServer): Values {
  const { of, delegated, application } = permissionsOf(server.protocol);
  const { worldwide } = cloudNames;
  const [scope = null] = server.shared ? delegated.slice(-1) : delegated;
  return {
    server: server.name,
    mailbox: server.address,
    host: server.host,
    port: String(server.port),
    scope,
    scopeUrl: scope && `${worldwide[of]}/${scope}`,
    appRole: application[0],
    defaultScope: `${of === 'graph' ? worldwide.graph : worldwide.exchange}/.default`,
    api: of === 'graph' ? 'Microsoft Graph' : 'Office 365 Exchange Online',
    ...inExchange[server.protocol],
  };
}

/** What "User is authenticated but not connected" may mean: the token is one of Exchange's, and does not open the mailbox. */
export const notConnectedEntry = {
  code: '*.not-connected',
  kind: 'denied',
  title: 'The token is good, but not for this mailbox',
  said: ['BAD User is authenticated but not connected.'],
  causes: [otherAccount, noFullAccess, noScope, noRole, unknownService, noPermission, switchedOff, passing],
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
    otherAccount,
    noFullAccess,
    noScope,
    noRole,
    otherResource,
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
