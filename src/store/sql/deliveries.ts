import type { Kysely } from 'kysely';
import type { Delivery } from '../../model/delivery.ts';
import type { DeliveryQuery, DeliveryStore } from '../store.ts';
import { deliveryClaims } from './delivery-claims.ts';
import { targetOf, toDelivery } from './delivery-row.ts';
import { pageOf } from './page.ts';
import type { Tables } from './tables.ts';

export function deliveryStore(db: Kysely<Tables>): DeliveryStore {
  return {
    ...deliveryClaims(db),
    settle: (delivery) => settle(db, delivery),
    async get(id) {
      const row = await db.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toDelivery(row) : null;
    },
    list: (query) => list(db, query),
    counts: () => counts(db),
    dead: () => dead(db),
    replay: (which) => replay(db, which),
  };
}

async function settle(db: Kysely<Tables>, delivery: Delivery): Promise<void> {
  await db
    .updateTable('delivery')
    .set({
      state: delivery.state,
      attempts: delivery.attempts,
      next_attempt_at: delivery.nextAttemptAt,
      last_attempt_at: delivery.lastAttemptAt,
      delivered_at: delivery.deliveredAt,
      problem: delivery.problem && JSON.stringify(delivery.problem),
      claimed_until: null,
    })
    .where('id', '=', delivery.id)
    .execute();
}

async function list(
  db: Kysely<Tables>,
  { state, destinationId, messageId, before, limit }: DeliveryQuery,
): ReturnType<DeliveryStore['list']> {
  let query = db
    .selectFrom('delivery')
    .selectAll()
    .orderBy('sequence', 'desc')
    .limit(limit + 1);
  if (state !== undefined) query = query.where('state', '=', state);
  if (destinationId !== undefined) query = query.where('destination_id', '=', destinationId);
  if (messageId !== undefined) query = query.where('message', '=', messageId);
  if (before !== undefined) query = query.where('sequence', '<', Number(before));
  return pageOf(await query.execute(), limit, toDelivery);
}

async function counts(db: Kysely<Tables>): ReturnType<DeliveryStore['counts']> {
  const rows = await db
    .selectFrom('delivery')
    .select((e) => ['state', e.fn.countAll().as('count')])
    .groupBy('state')
    .execute();
  const found = { pending: 0, delivered: 0, dead: 0 };
  for (const row of rows) found[row.state] = Number(row.count);
  return found;
}

async function dead(db: Kysely<Tables>): ReturnType<DeliveryStore['dead']> {
  const rows = await db
    .selectFrom('delivery')
    .select((e) => ['target_kind', 'destination_id', e.fn.countAll().as('count')])
    .where('state', '=', 'dead')
    .groupBy(['target_kind', 'destination_id'])
    .orderBy('destination_id')
    .execute();
  return rows.map((row) => ({ target: targetOf(row), count: Number(row.count) }));
}

async function replay(db: Kysely<Tables>, which: Parameters<DeliveryStore['replay']>[0]): Promise<number> {
  const now = new Date().toISOString();
  let query = db
    .updateTable('delivery')
    // Created anew in time, so that the days until giving up count from here.
    .set({
      state: 'pending',
      attempts: 0,
      next_attempt_at: now,
      created_at: now,
      claimed_until: null,
      delivered_at: null,
      problem: null,
    })
    .where('state', '!=', 'pending');
  if ('ids' in which) {
    if (which.ids.length === 0) return 0;
    query = query.where('id', 'in', which.ids);
  } else {
    query = query.where('state', '=', which.state);
    if (which.destinationId !== undefined) query = query.where('destination_id', '=', which.destinationId);
  }
  const result = await query.executeTakeFirst();
  return Number(result.numUpdatedRows);
}
