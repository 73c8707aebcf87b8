import { html } from 'hono/html';
import { icon } from './components/icon.ts';
import type { Html } from './context.ts';

/** What a redirect may say was done. The address carries the key only, never text. */
const messages = {
  connected: 'Connected. Letterbox gets its tokens from this grant from now on.',
  'admin-consented': 'An administrator has consented for everybody. Now connect, or get a token.',
  'profile-created': 'Profile saved. Now press Connect, so that somebody signs in for it.',
  'profile-created-app':
    'Profile saved. Now get a first token, to see that the secret and the tenant are right.',
  'profile-created-certificate':
    'Profile saved. Now give its certificate to the app registration, then connect or get a token.',
  'profile-created-password': 'Profile saved. Now add a server, and test it to see whether it lets us in.',
  'profile-saved': 'Profile saved.',
  'profile-removed': 'Profile deleted.',
  'secret-replaced': 'Client secret replaced. It is used from the next token on.',
  'password-replaced': 'Password replaced. It is used from the next sign-in on.',
  'certificate-replaced':
    'Certificate replaced. Give the new one to the app registration; the former one is used until it is known there.',
  'device-code-cancelled': 'Given up. The code is of no use any more.',
  'token-received': 'A token was received: client ID, secret and tenant are right.',
  'server-created': 'Server saved and started. Test the connection to see every step.',
  'server-saved': 'Server saved.',
  'server-removed': 'Server deleted, with its messages here. Nothing was changed in the mailbox.',
  'server-removed-alone': 'Server deleted. Its messages stay here.',
  'server-paused': 'Paused. Mail stays in the mailbox until you resume.',
  'server-resumed': 'Resumed. Fetching goes on from where it stopped.',
  'destination-created': 'Destination saved. New messages go there from now on.',
  'destination-saved': 'Destination saved.',
  'destination-removed': 'Destination deleted.',
  'outgoing-server-created': 'Outgoing server saved. Test it to see whether it lets us in.',
  'outgoing-server-saved': 'Outgoing server saved.',
  'outgoing-server-removed': 'Outgoing server deleted, with its mails here.',
  'notifications-saved': 'Notifications saved.',
  'secret-rotated': 'New signing secret made. The one before stays valid for a day.',
  replayed: 'Replayed: the deliveries are pending again, under the same webhook-id.',
  'nothing-chosen': 'Nothing was replayed, because nothing was chosen.',
  processed: 'Processed again: the message took the normal way.',
  dismissed: 'Dismissed.',
} as const;

export type Done = keyof typeof messages;

/** A path that tells its page what was just done. */
export function withDone(path: string, done: Done): string {
  return `${path}${path.includes('?') ? '&' : '?'}done=${done}`;
}

/** The message for a key from the address; nothing for any other text. */
export function doneMessage(key: string | undefined): Html | null {
  if (key === undefined || !Object.hasOwn(messages, key)) return null;
  return html`<p class="done" role="status">${icon('ok')}<span>${messages[key as Done]}</span></p>`;
}
