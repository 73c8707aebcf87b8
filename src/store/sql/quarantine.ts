import type { Kysely } from 'kysely';
import type { Quarantined } from '../../model/message.ts';
import type { QuarantineStore } from '../store.ts';
import { advanceCursor } from './mailboxes.ts';
import type { QuarantineRow, Tables } from './tables.ts';

export function quarantineStore(db: Kysely<Tables>): QuarantineStore {
  return {
    add: (entry, cursor) =>
      db.transaction().execute(async (tx) => {
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
          })
          // Met again (a folder read anew): the first entry stands until a person ends it.
          .onConflict((conflict) => conflict.columns(['server_id', 'folder', 'validity', 'uid']).doNothing())
          .executeTakeFirstOrThrow();
        await advanceCursor(tx, entry.serverId, cursor);
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
    async remove(id) {
      await db.deleteFrom('quarantine').where('id', '=', id).execute();
    },
  };
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
  };
}
