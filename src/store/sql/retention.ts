import type { Kysely, Transaction } from 'kysely';
import type { MessageStore } from '../store.ts';
import { batch, dropSources, removeInBatches } from './expiring.ts';
import type { Tables } from './tables.ts';

/**
 * Removes what retention no longer keeps. A message that is still to be delivered, or is quarantined,
 * stays whole; its positions always stay, so that it is never taken for new.
 */
export const expire = async (
  db: Kysely<Tables>,
  { sourcesBefore, messagesBefore }: Parameters<MessageStore['expire']>[0],
): Promise<{ sources: number; messages: number }> => ({
  messages: messagesBefore === null ? 0 : await removeInBatches(db, messagesBefore, removeMessages),
  sources: sourcesBefore === null ? 0 : await removeInBatches(db, sourcesBefore, removeSources),
});

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
