import type { Kysely, Transaction } from 'kysely';
import type { Position, Quarantined } from '../../model/message.ts';
import type { QuarantineStore } from '../store.ts';
import { advanceCursor } from './mailboxes.ts';
import type { QuarantineRow, Tables } from './tables.ts';

export function quarantineStore(db: Kysely<Tables>): QuarantineStore {
  return {
    add: (entry, cursor) =>
      db.transaction().execute(async (tx) => {
        await advanceCursor(tx, entry.serverId, cursor);
        if (await isSettled(tx, entry)) return false;
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('quarantine')
          .values({
            id: entry.id,
            server_id: entry.serverId,
            ...entry.position,
            received_at: entry.receivedAt,
            message: entry.messageId,
            problem: JSON.stringify(entry.problem),
            quarantined_at: entry.quarantinedAt,
            state: entry.state,
            looks: entry.looks,
            next_look_at: entry.nextLookAt,
          })
          // Met again (a folder read anew): the first entry stands until a person ends it.
          .onConflict((conflict) => conflict.columns(['server_id', 'folder', 'validity', 'uid']).doNothing())
          .executeTakeFirstOrThrow();
        return Number(numInsertedOrUpdatedRows) > 0;
      }),
    async list(serverId) {
      let query = db.selectFrom('quarantine').selectAll().orderBy('id', 'desc');
      if (serverId !== undefined) query = query.where('server_id', '=', serverId);
      return (await query.execute()).map(toQuarantined);
    },
    async get(id) {
      const row = await db.selectFrom('quarantine').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toQuarantined(row) : null;
    },
    async setLook(id, { state, looks, nextLookAt, quarantinedAt, problem }) {
      await db
        .updateTable('quarantine')
        .set({
          state,
          looks,
          next_look_at: nextLookAt,
          quarantined_at: quarantinedAt,
          problem: JSON.stringify(problem),
        })
        .where('id', '=', id)
        .where('message', 'is', null)
        .execute();
    },
    async remove(id) {
      await db.deleteFrom('quarantine').where('id', '=', id).execute();
    },
    dismiss: (id) => db.transaction().execute((tx) => dismiss(tx, id)),
  };
}

/** What was never had leaves its place, so that it is never asked for again. */
async function dismiss(tx: Transaction<Tables>, id: string): Promise<void> {
  const row = await tx.deleteFrom('quarantine').where('id', '=', id).returningAll().executeTakeFirst();
  if (row?.message !== null) return;
  const { server_id, folder, validity, uid, received_at } = row;
  const generation = ((await latestAt(tx, row))?.generation ?? -1) + 1;
  await tx
    .insertInto('position')
    .values({
      ...{ server_id, folder, validity, uid, received_at, generation },
      ...{ message: '', fingerprint: '', message_id: null, size: null },
      ...{ acknowledgement: 'none', acknowledge_at: row.quarantined_at, refusals: 0 },
    })
    .execute();
}

/** Whether the message was stored before, or a person has ended its entry; another one in the same place was not. */
async function isSettled(
  tx: Transaction<Tables>,
  { serverId, position, receivedAt }: Quarantined,
): Promise<boolean> {
  const latest = await latestAt(tx, { server_id: serverId, ...position });
  if (!latest) return false;
  return latest.received_at === null || receivedAt === null || latest.received_at === receivedAt;
}

function latestAt(
  tx: Transaction<Tables>,
  { server_id, folder, validity, uid }: Pick<QuarantineRow, 'server_id' | keyof Position>,
) {
  return tx
    .selectFrom('position')
    .select(['generation', 'received_at'])
    .where((e) => e.and({ server_id, folder, validity, uid }))
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function toQuarantined(row: QuarantineRow): Quarantined {
  return {
    id: row.id,
    serverId: row.server_id,
    position: { folder: row.folder, validity: row.validity, uid: row.uid },
    receivedAt: row.received_at,
    messageId: row.message,
    problem: JSON.parse(row.problem),
    quarantinedAt: row.quarantined_at,
    state: row.state,
    looks: row.looks,
    nextLookAt: row.next_look_at,
  };
}
