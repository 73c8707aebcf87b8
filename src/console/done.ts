import { html } from 'hono/html';
import { capitalised } from '../resources/titles.ts';
import { icon } from './components/icon.ts';
import type { Frame } from './context.ts';
import type { Html } from './html.ts';

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
  'secret-replaced': 'Client secret replaced. It is used from the next token on.',
  'password-replaced': 'Password replaced. It is used from the next sign-in on.',
  'certificate-replaced':
    'Certificate replaced. Give the new one to the app registration; the former one is used until it is known there.',
  'device-code-cancelled': 'Given up. The code is of no use any more.',
  'token-received': 'A token was received: client ID, secret and tenant are right.',
  'server-created': 'Server saved and started. Test the connection to see every step.',
  'server-removed': 'Server deleted, with its messages here. Nothing was changed in the mailbox.',
  'server-audited': 'Compared: all that the mailbox lists is here, or is being asked for.',
  'server-auditing': 'The comparison has begun. Its figures appear here when it has ended.',
  'server-paused': 'Paused. Mail stays in the mailbox until you resume.',
  'server-resumed': 'Resumed. Fetching goes on from where it stopped.',
  'destination-created': 'Destination saved. New messages go there from now on.',
  'outgoing-server-created': 'Outgoing server saved. Test it to see whether it lets us in.',
  'outgoing-server-removed': 'Outgoing server deleted, with its mails here.',
  'secret-rotated': 'New signing secret made. The one before stays valid for a day.',
  replayed:
    'Replayed: the deliveries are sent again, each under a webhook-id of its own that names the first.',
  'destination-switched-on': 'Switched on again. What waited for it is sent now.',
  'nothing-chosen': 'Nothing was replayed, because nothing was chosen.',
  processed: 'Processed again: the message took the normal way.',
  dismissed: 'Dismissed.',
} as const;

/** Any resource may have been made, saved or removed; what else may have been done stands above. */
export type Done = keyof typeof messages | `${string}-${keyof typeof deeds}`;

const deeds = {
  created: 'saved',
  saved: 'saved',
  removed: 'deleted',
  'removed-alone': 'deleted. Its messages stay here',
};

/** A path that tells its page what was just done. */
export function withDone(path: string, done: Done): string {
  return `${path}${path.includes('?') ? '&' : '?'}done=${done}`;
}

/** The message for a key from the address; nothing for any other text. */
export function doneMessage(key: string | undefined, resources: Frame['resources']): Html | null {
  const message = key === undefined ? undefined : messageOf(key, resources);
  return message === undefined
    ? null
    : html`<p class="done" role="status">${icon('ok')}<span>${message}</span></p>`;
}

function messageOf(key: string, resources: Frame['resources']): string | undefined {
  if (Object.hasOwn(messages, key)) return messages[key as keyof typeof messages];
  for (const { resource } of resources)
    for (const [deed, word] of Object.entries(deeds))
      if (key === `${resource.type}-${deed}`) return `${capitalised(resource.noun)} ${word}.`;
  return undefined;
}
