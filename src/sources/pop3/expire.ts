import type { MailServer } from '../../resources/incoming-server.ts';
import { retrieve } from './fetch.ts';
import type { Session } from './session.ts';

/**
 * Whether the server lets nothing stay once it was read (EXPIRE 0, RFC 2449 6.6). Gmail says so and then shows its
 * oldest 250 conversations that were not read yet; but with the sign-in name `recent:…` the last 30 days, read or not.
 */
export function letsNothingStay({ capabilities }: Session, server: MailServer): boolean {
  return capabilities.get('EXPIRE')?.[0] === '0' && !server.username?.startsWith('recent:');
}

/**
 * Reads messages that are stored here once more, to nobody: after a session that broke such a server goes on to
 * show them, and at Gmail 250 of them would hide all that came later.
 */
export async function showAsRead(session: Session, uids: Iterable<string>): Promise<void> {
  for (const uid of uids) {
    const fetched = await retrieve(session, uid);
    if (fetched.kind === 'given') for await (const _ of fetched.rest ?? []);
  }
}
