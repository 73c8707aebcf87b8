import type { Selectable } from 'kysely';
import type { DeliveredItem, Delivery, DeliveryTarget } from '../../model/delivery.ts';
import { newId } from '../../model/id.ts';
import type { DeliveryRow } from './tables.ts';

/** A delivery to be made at once. */
export function newDelivery(
  item: DeliveredItem,
  target: DeliveryTarget,
  { threadId, createdAt }: { threadId: string; createdAt: string },
) {
  return {
    id: newId('dlv'),
    item_kind: item.kind,
    message: item.id,
    target_kind: target.kind,
    destination_id: target.id,
    thread_id: threadId,
    state: 'pending' as const,
    attempts: 0,
    next_attempt_at: createdAt,
    created_at: createdAt,
  };
}

export function toDelivery(row: Selectable<DeliveryRow>): Delivery {
  return {
    id: row.id,
    sequence: row.sequence,
    item: { kind: row.item_kind, id: row.message },
    target: targetOf(row),
    threadId: row.thread_id,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastAttemptAt: row.last_attempt_at,
    deliveredAt: row.delivered_at,
    problem: row.problem === null ? null : JSON.parse(row.problem),
    createdAt: row.created_at,
  };
}

export function targetOf(row: Pick<DeliveryRow, 'target_kind' | 'destination_id'>): DeliveryTarget {
  return { kind: row.target_kind, id: row.destination_id };
}
