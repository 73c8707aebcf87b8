import type { Instant } from '../model/mail-server.ts';
import type { MailServer } from '../resources/incoming-server/resource.ts';

/**
 * Whether a message is from before the instant from which a mailbox is read, and so left alone. `receivedAt` may be
 * in milliseconds. Servers tell whole seconds: what came in the same second as the start came after it, as far as
 * anyone knows.
 */
export function isBeforeStart(
  { startFrom }: Pick<MailServer, 'startFrom'>,
  receivedAt: Instant | number,
): boolean {
  if (startFrom === null) return false;
  const received = typeof receivedAt === 'number' ? receivedAt : Date.parse(receivedAt);
  return received < Math.floor(Date.parse(startFrom) / 1000) * 1000;
}
