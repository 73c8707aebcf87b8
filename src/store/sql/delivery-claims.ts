import type { ExpressionBuilder, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DeliveryStore } from '../store.ts';
import { toDelivery } from './delivery-row.ts';
import type { Tables } from './tables.ts';

/** The part of the queue that its workers live by: what is due, and who has it. */
export function deliveryClaims(
  db: Kysely<Tables>,
): Pick<DeliveryStore, 'claim' | 'release' | 'releaseAll' | 'nextDue'> {
  return {
    claim: (targetId, now, lease, limit) =>
      db.transaction().execute(async (tx) => {
        const due = await tx
          .selectFrom('delivery')
          .selectAll()
          .where('destination_id', '=', targetId)
          .where('state', '=', sql.lit('pending'))
          .where('next_attempt_at', '<=', now)
          .where((e) => e.or([e('claimed_until', 'is', null), e('claimed_until', '<=', now)]))
          .where(firstOfItsThread)
          .orderBy('next_attempt_at')
          .orderBy('sequence')
          .limit(limit)
          .execute();
        const ids = due.map(({ id }) => id);
        if (ids.length > 0)
          await tx.updateTable('delivery').set({ claimed_until: lease }).where('id', 'in', ids).execute();
        return due.map(toDelivery);
      }),

    async release(ids) {
      if (ids.length > 0)
        await db.updateTable('delivery').set({ claimed_until: null }).where('id', 'in', ids).execute();
    },

    async releaseAll() {
      await db
        .updateTable('delivery')
        .set({ claimed_until: null })
        .where('state', '=', sql.lit('pending'))
        .where('claimed_until', 'is not', null)
        .execute();
    },

    async nextDue(targetId) {
      const row = await db
        .selectFrom('delivery')
        .select(['next_attempt_at', 'claimed_until'])
        .where('destination_id', '=', targetId)
        .where('state', '=', sql.lit('pending'))
        .where('claimed_until', 'is', null)
        .where(firstOfItsThread)
        .orderBy('next_attempt_at')
        .limit(1)
        .executeTakeFirst();
      return row?.next_attempt_at ?? null;
    },
  };
}

/** No earlier delivery of the same thread to the same target is still to be made. */
function firstOfItsThread({ not, exists, selectFrom }: ExpressionBuilder<Tables, 'delivery'>) {
  return not(
    exists(
      selectFrom('delivery as earlier')
        .select('earlier.sequence')
        .whereRef('earlier.destination_id', '=', 'delivery.destination_id')
        .whereRef('earlier.thread_id', '=', 'delivery.thread_id')
        .where('earlier.state', '=', sql.lit('pending'))
        .whereRef('earlier.sequence', '<', 'delivery.sequence'),
    ),
  );
}
