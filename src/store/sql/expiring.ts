import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** What retention removes goes in transactions of so many, so that neither intake nor sending waits long for one. */
export const batch = 200;

/** Runs `remove`, which removes up to {@link batch} and says how many, until there are no more; answers the total. */
export async function removeInBatches(
  db: Kysely<Tables>,
  before: string,
  remove: (tx: Transaction<Tables>, before: string) => Promise<number>,
): Promise<number> {
  for (let total = 0; ; ) {
    const removed = await db.transaction().execute((tx) => remove(tx, before));
    total += removed;
    if (removed < batch) return total;
  }
}

export async function dropSources(
  tx: Transaction<Tables>,
  found: { source_id: string | null }[],
): Promise<void> {
  const sources = found.map(({ source_id }) => source_id).filter((id) => id !== null);
  if (sources.length > 0) await tx.deleteFrom('source_chunk').where('source_id', 'in', sources).execute();
}
