import { createHmac } from 'node:crypto';
import type { Kysely } from 'kysely';
import { encodeId } from '../../model/id.ts';
import type { Position } from '../../model/message.ts';
import { settingStore } from './settings.ts';
import type { Tables } from './tables.ts';

const keyName = 'delivery-id-key';

/** The id of the delivery of what was first found at a position: `generation` counts what the server put there. */
export type DeliveryIdOf = (
  serverId: string,
  position: Position & { generation: number },
  destinationId: string,
) => string;

/**
 * Ids that follow from where a message was first found and where it goes, by HMAC-SHA-256: a restored back-up delivers
 * again under the ids of before, so that receivers know what they have; and equal messages keep different ones. The key
 * is made with its table, lies in the store and so in every back-up, and keeps others from telling mailboxes by ids.
 */
export async function deliveryIds(db: Kysely<Tables>): Promise<DeliveryIdOf> {
  const key = Buffer.from((await settingStore(db).get(keyName)) as string, 'base64');
  return (serverId, { folder, validity, uid, generation }, destinationId) => {
    const place = JSON.stringify([serverId, folder, validity, uid, generation, destinationId]);
    return encodeId('dlv', createHmac('sha256', key).update(place).digest());
  };
}
