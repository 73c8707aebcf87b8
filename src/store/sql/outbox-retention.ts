import type { Kysely, Transaction } from 'kysely';
import type { OutboxStore } from '../outbox.ts';
import { batch, dropSources, removeInBatches } from './expiring.ts';
import type { Tables } from './tables.ts';

/** Removes what retention no longer keeps of the outbox; a mail that is still to be sent stays whole. */
export async function expireMails(
  db: Kysely<Tables>,
  { sourcesBefore, messagesBefore, repliesBefore }: Parameters<OutboxStore['expire']>[0],
): Promise<number> {
  await db.deleteFrom('answered_sender').where('answered_at', '<', repliesBefore).execute();
  let removed = 0;
  if (messagesBefore !== null) {
    removed = await removeInBatches(db, messagesBefore, removeMails);
    await removeNotifications(db, messagesBefore);
  }
  if (sourcesBefore !== null) await removeInBatches(db, sourcesBefore, removeSources);
  return removed;
}

function sentMails(tx: Transaction<Tables>, before: string) {
  return tx
    .selectFrom('outgoing_mail')
    .innerJoin('delivery', 'delivery.message', 'outgoing_mail.id')
    .select(['outgoing_mail.id', 'outgoing_mail.source_id'])
    .where('outgoing_mail.created_at', '<', before)
    .where('delivery.state', '=', 'delivered')
    .limit(batch);
}

async function removeMails(tx: Transaction<Tables>, before: string): Promise<number> {
  const found = await sentMails(tx, before).execute();
  if (found.length === 0) return 0;
  await dropSources(tx, found);
  const ids = found.map(({ id }) => id);
  await tx.deleteFrom('delivery').where('message', 'in', ids).execute();
  await tx.deleteFrom('outgoing_mail').where('id', 'in', ids).execute();
  return found.length;
}

async function removeSources(tx: Transaction<Tables>, before: string): Promise<number> {
  const found = await sentMails(tx, before).where('outgoing_mail.source_id', 'is not', null).execute();
  if (found.length === 0) return 0;
  await dropSources(tx, found);
  await tx
    .updateTable('outgoing_mail')
    .set({ source_id: null })
    .where(
      'id',
      'in',
      found.map(({ id }) => id),
    )
    .execute();
  return found.length;
}

async function removeNotifications(db: Kysely<Tables>, before: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const old = tx.selectFrom('notification').select('id').where('created_at', '<', before);
    await tx.deleteFrom('delivery').where('message', 'in', old).where('state', '=', 'delivered').execute();
    await tx
      .deleteFrom('notification')
      .where('created_at', '<', before)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('delivery').select('delivery.id').whereRef('delivery.message', '=', 'notification.id'),
          ),
        ),
      )
      .execute();
  });
}
