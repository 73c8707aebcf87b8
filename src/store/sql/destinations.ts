import type { Kysely } from 'kysely';
import type { DestinationConfig } from '../../model/delivery.ts';
import type { DestinationStore } from '../store.ts';
import { getRecord, listRecords, saveRecord, saveSealed } from './records.ts';
import type { Tables } from './tables.ts';

export function destinationStore(db: Kysely<Tables>): DestinationStore {
  return {
    list: () => listRecords<DestinationConfig>(db, 'destination'),
    get: (id) => getRecord<DestinationConfig>(db, 'destination', id),
    save: (destination, sealed = {}) =>
      db.transaction().execute(async (tx) => {
        await saveRecord(tx, 'destination', destination);
        await saveSealed(tx, destination.id, sealed);
      }),
    delete: (id) =>
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom('delivery').where('destination_id', '=', id).execute();
        await tx.deleteFrom('secret').where('owner', '=', id).execute();
        await tx.deleteFrom('destination').where('id', '=', id).execute();
      }),
  };
}
