import type { Kysely } from 'kysely';
import type { DeliveryAttempt } from '../../model/delivery.ts';
import type { Tables } from './tables.ts';

/** Of one delivery; those before are forgotten. They go with the delivery. */
const kept = 20;

export async function keepAttempt(
  tx: Kysely<Tables>,
  deliveryId: string,
  { at, took, answer, problem }: DeliveryAttempt,
): Promise<void> {
  await tx
    .insertInto('delivery_attempt')
    .values({
      delivery_id: deliveryId,
      at,
      took: Math.round(took),
      status: answer?.status ?? null,
      headers: answer?.headers ?? null,
      body: answer?.body ?? null,
      problem,
    })
    .execute();
  const latest = tx
    .selectFrom('delivery_attempt')
    .select('sequence')
    .where('delivery_id', '=', deliveryId)
    .orderBy('sequence', 'desc')
    .limit(kept);
  await tx
    .deleteFrom('delivery_attempt')
    .where('delivery_id', '=', deliveryId)
    .where('sequence', 'not in', latest)
    .execute();
}

export async function readAttempts(db: Kysely<Tables>, deliveryId: string): Promise<DeliveryAttempt[]> {
  const rows = await db
    .selectFrom('delivery_attempt')
    .selectAll()
    .where('delivery_id', '=', deliveryId)
    .orderBy('sequence', 'desc')
    .execute();
  return rows.map(({ at, took, status, headers, body, problem }) => ({
    at,
    took,
    answer: status === null ? null : { status, headers: headers ?? '', body: body ?? '' },
    problem,
  }));
}
