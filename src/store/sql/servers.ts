import type { Kysely } from 'kysely';
import type { MailServer, MailServerState } from '../../model/mail-server.ts';
import type { ServerStore } from '../store.ts';
import { getRecord, listRecords, saveRecord } from './records.ts';
import type { Tables } from './tables.ts';

export function serverStore(db: Kysely<Tables>): ServerStore {
  return {
    list: () => listRecords<MailServer>(db, 'mail_server'),
    get: (id) => getRecord<MailServer>(db, 'mail_server', id),
    save: (server) => saveRecord(db, 'mail_server', server),
    delete: (id) =>
      db.transaction().execute(async (tx) => {
        const messages = tx.selectFrom('message').select('id').where('server_id', '=', id);
        const sources = tx.selectFrom('message').select('source_id').where('server_id', '=', id);
        await tx.deleteFrom('delivery').where('message', 'in', messages).execute();
        await tx.deleteFrom('source_chunk').where('source_id', 'in', sources).execute();
        for (const table of [
          'message',
          'position',
          'thread_reference',
          'quarantine',
          'answered_sender',
        ] as const)
          await tx.deleteFrom(table).where('server_id', '=', id).execute();
        await tx.deleteFrom('mail_server').where('id', '=', id).execute();
      }),
    async states() {
      const rows = await db
        .selectFrom('mail_server')
        .select('state')
        .where('state', 'is not', null)
        .execute();
      return rows.map((row) => JSON.parse(row.state as string) as MailServerState);
    },
    async setState(state) {
      await db
        .updateTable('mail_server')
        .set({ state: JSON.stringify(state) })
        .where('id', '=', state.serverId)
        .execute();
    },
    async cursor(id) {
      const row = await db.selectFrom('mail_server').select('cursor').where('id', '=', id).executeTakeFirst();
      return row?.cursor ?? null;
    },
    async setCursor(id, cursor) {
      await db.updateTable('mail_server').set({ cursor }).where('id', '=', id).execute();
    },
  };
}
