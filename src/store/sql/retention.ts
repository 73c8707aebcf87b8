import type { Kysely, Transaction } from 'kysely';
import type { MessageStore } from '../store.ts';
import type { Tables } from './tables.ts';

/** So many messages go in one transaction, so that intake never waits long for it. */
const batch = 200;

/**
 * Removes what retention no longer keeps. A message that is still to be delivered, or is quarantined,
 * stays whole; its positions always stay, so that it is never taken for new.
 */
export const expire = async (
  db: Kysely<Tables>,
  { sourcesBefore, messagesBefore }: Parameters<MessageStore['expire']>[0],
): Promise<{ sources: number; messages: number }> => ({
  messages: messagesBefore === null ? 0 : await inBatches(db, messagesBefore, removeMessages),
  sources: sourcesBefore === null ? 0 : await inBatches(db, sourcesBefore, removeSources),
});

async function inBatches(
  db: Kysely<Tables>,
  before: string,
  remove: (tx: Transaction<Tables>, before: string) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const removed = await db.transaction().execute((tx) => remove(tx, before));
    total += removed;
    if (removed < batch) return total;
  }
}

function settledMessages(tx: Transaction<Tables>, before: string) {
  return tx
    .selectFrom('message')
    .select(['message.id', 'message.source_id'])
    .where('stored_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('delivery')
            .select('delivery.id')
            .whereRef('delivery.message', '=', 'message.id')
            .where('delivery.state', '!=', 'delivered'),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('quarantine').select('quarantine.id').whereRef('quarantine.message', '=', 'message.id'),
        ),
      ),
    )
    .limit(batch);
}

async function removeSources(tx: Transaction<Tables>, before: string): Promise<number> {
  const found = await settledMessages(tx, before).where('source_id', 'is not', null).execute();
  if (found.length === 0) return 0;
  await dropSources(tx, found);
  const ids = found.map((message) => message.id);
  await tx.updateTable('message').set({ source_id: null }).where('id', 'in', ids).execute();
  return found.length;
}

async function removeMessages(tx: Transaction<Tables>, before: string): Promise<number> {
  const found = await settledMessages(tx, before).execute();
  if (found.length === 0) return 0;
  await dropSources(tx, found);
  const ids = found.map((message) => message.id);
  await tx.deleteFrom('delivery').where('message', 'in', ids).execute();
  await tx.deleteFrom('message').where('id', 'in', ids).execute();
  return found.length;
}

async function dropSources(tx: Transaction<Tables>, found: { source_id: string | null }[]): Promise<void> {
  const sources = found.map((message) => message.source_id).filter((id) => id !== null);
  if (sources.length > 0) await tx.deleteFrom('source_chunk').where('source_id', 'in', sources).execute();
}
