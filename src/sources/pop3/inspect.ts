import type { Inspection } from '../source.ts';
import type { Maildrop } from './maildrop.ts';

/** Signs in and counts the messages: a session cannot be opened without that (P23). */
export async function inspectMaildrop(maildrop: Maildrop, signal: AbortSignal): Promise<Inspection> {
  const { session, leave } = await maildrop.enter(signal);
  const { listing, capabilities } = session;
  leave();
  await maildrop.ended();
  return {
    folder: 'INBOX',
    messages: listing.numbers.size,
    capabilities: [...capabilities.keys()],
    folders: ['INBOX'],
  };
}
