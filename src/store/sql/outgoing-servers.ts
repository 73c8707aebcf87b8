import type { Kysely } from 'kysely';
import type { OutgoingServer } from '../../model/outgoing.ts';
import type { OutgoingServerStore } from '../outbox.ts';
import { getRecord, listRecords, saveRecord } from './records.ts';
import type { Tables } from './tables.ts';

export function outgoingServerStore(db: Kysely<Tables>): OutgoingServerStore {
  return {
    list: () => listRecords<OutgoingServer>(db, 'outgoing_server'),
    get: (id) => getRecord<OutgoingServer>(db, 'outgoing_server', id),
    save: (server) => saveRecord(db, 'outgoing_server', server),
    delete: (id) =>
      db.transaction().execute(async (tx) => {
        const sources = tx.selectFrom('outgoing_mail').select('source_id').where('server_id', '=', id);
        await tx.deleteFrom('source_chunk').where('source_id', 'in', sources).execute();
        await tx.deleteFrom('delivery').where('destination_id', '=', id).execute();
        await tx.deleteFrom('outgoing_mail').where('server_id', '=', id).execute();
        await tx.deleteFrom('outgoing_server').where('id', '=', id).execute();
      }),
  };
}
