import type { Kysely, Transaction } from 'kysely';
import type { MailServer, MailServerState } from '../../model/mail-server.ts';
import type { ServerStore } from '../store.ts';
import { getRecord, listRecords, saveRecord } from './records.ts';
import type { Tables } from './tables.ts';

export function serverStore(db: Kysely<Tables>): ServerStore {
  return {
    list: () => listRecords<MailServer>(db, 'mail_server'),
    get: (id) => getRecord<MailServer>(db, 'mail_server', id),
    save: (server) => saveRecord(db, 'mail_server', server),
    delete: (id, { keepMessages } = { keepMessages: false }) =>
      db.transaction().execute(async (tx) => {
        if (!keepMessages) await deleteMessages(tx, id);
        for (const table of ['position', 'thread_reference', 'quarantine', 'answered_sender'] as const)
          await tx.deleteFrom(table).where('server_id', '=', id).execute();
        await tx.deleteFrom('mail_server').where('id', '=', id).execute();
      }),
    async restriction(id) {
      const row = await db
        .selectFrom('mail_server')
        .select('restriction')
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.restriction ? JSON.parse(row.restriction) : null;
    },
    async setRestriction(id, proof) {
      await db
        .updateTable('mail_server')
        .set({ restriction: JSON.stringify(proof) })
        .where('id', '=', id)
        .execute();
    },
    async states() {
      const rows = await db
        .selectFrom('mail_server')
        .select('state')
        .where('state', 'is not', null)
        .execute();
      return rows.map((row) => JSON.parse(row.state as string) as MailServerState);
    },
    async state(id) {
      const row = await db.selectFrom('mail_server').select('state').where('id', '=', id).executeTakeFirst();
      return row?.state ? JSON.parse(row.state) : null;
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

async function deleteMessages(tx: Transaction<Tables>, serverId: string): Promise<void> {
  const messages = tx.selectFrom('message').select('id').where('server_id', '=', serverId);
  const sources = tx.selectFrom('message').select('source_id').where('server_id', '=', serverId);
  await tx.deleteFrom('delivery').where('message', 'in', messages).execute();
  await tx.deleteFrom('source_chunk').where('source_id', 'in', sources).execute();
  await tx.deleteFrom('message').where('server_id', '=', serverId).execute();
}
