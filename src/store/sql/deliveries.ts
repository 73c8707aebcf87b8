import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import type { DeliveredItem, Delivery, DeliveryTarget } from '../../model/delivery.ts';
import { newId } from '../../model/id.ts';
import type { DeliveryQuery, DeliveryStore } from '../deliveries.ts';
import { keepAttempt, readAttempts } from './delivery-attempts.ts';
import { pageOf } from './page.ts';
import type { DeliveryRow, Tables } from './tables.ts';

export function deliveryStore(db: Kysely<Tables>): DeliveryStore {
  return {
    ...claims(db),
    ...history(db),
    bringForward: (targetId, now, latest) => bringForward(db, targetId, now, latest),
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

/** The part of the queue that its workers live by: what is due, and who has it. */
function claims(db: Kysely<Tables>): Pick<DeliveryStore, 'claim' | 'release' | 'releaseAll' | 'nextDue'> {
  return {
    claim: (targetId, now, lease, limit, due = now) =>
      db.transaction().execute(async (tx) => {
        const found = await tx
          .selectFrom('delivery')
          .selectAll()
          .where('destination_id', '=', targetId)
          .where('state', '=', sql.lit('pending'))
          .where('next_attempt_at', '<=', due)
          .where((e) => e.or([e('claimed_until', 'is', null), e('claimed_until', '<=', now)]))
          .where(firstOfItsThread)
          .orderBy('next_attempt_at')
          .orderBy('sequence')
          .limit(limit)
          .execute();
        const ids = found.map(({ id }) => id);
        if (ids.length > 0)
          await tx.updateTable('delivery').set({ claimed_until: lease }).where('id', 'in', ids).execute();
        return found.map(toDelivery);
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

async function bringForward(
  db: Kysely<Tables>,
  targetId: string,
  now: string,
  latest: string,
): Promise<void> {
  await db
    .updateTable('delivery')
    .set({ next_attempt_at: now })
    .where('destination_id', '=', targetId)
    .where('state', '=', sql.lit('pending'))
    .where('next_attempt_at', '>', now)
    .where((e) => e.or([e('next_attempt_at', '>', latest), e('attempts', '=', 0)]))
    .execute();
}

/** How attempts ended. */
function history(db: Kysely<Tables>): Pick<DeliveryStore, 'settle' | 'attempts'> {
  return {
    settle: (delivery, attempt) =>
      db.transaction().execute(async (tx) => {
        await settle(tx, delivery);
        if (attempt) await keepAttempt(tx, delivery.id, attempt);
      }),
    attempts: (id) => readAttempts(db, id),
  };
}

async function settle(tx: Kysely<Tables>, delivery: Delivery): Promise<void> {
  await tx
    .updateTable('delivery')
    .set({
      state: delivery.state,
      attempts: delivery.attempts,
      next_attempt_at: delivery.nextAttemptAt,
      last_attempt_at: delivery.lastAttemptAt,
      delivered_at: delivery.deliveredAt,
      clock_from: delivery.clockFrom,
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
  if ('ids' in which && which.ids.length === 0) return 0;
  const now = new Date().toISOString();
  return db.transaction().execute(async (tx) => {
    const found = await tx
      .selectFrom('delivery')
      .select(['id', 'state'])
      .where((e) =>
        'ids' in which
          ? e('id', 'in', which.ids)
          : e.and({
              state: which.state,
              ...(which.destinationId !== undefined && { destination_id: which.destinationId }),
            }),
      )
      .execute();
    for (const { id, state } of found)
      await tx
        .updateTable('delivery')
        // Its age counts anew from its next attempt
        .set({ next_attempt_at: now, attempts: 0, clock_from: null, problem: null })
        // What is pending was not taken under its id yet, and keeps it
        .$if(state !== 'pending', (q) =>
          q.set({ state: 'pending', replay_id: newId('dlv'), claimed_until: null, delivered_at: null }),
        )
        .where('id', '=', id)
        .execute();
    return found.length;
  });
}

/** A delivery to be made at once, under an id of its own where none is given. */
export function newDelivery(
  item: DeliveredItem,
  target: DeliveryTarget,
  { threadId, createdAt }: { threadId: string; createdAt: string },
  id = newId('dlv'),
) {
  return {
    id,
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

function toDelivery(row: Selectable<DeliveryRow>): Delivery {
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
    replayId: row.replay_id,
    clockFrom: row.clock_from,
  };
}

function targetOf(row: Pick<DeliveryRow, 'target_kind' | 'destination_id'>): DeliveryTarget {
  return { kind: row.target_kind, id: row.destination_id };
}
