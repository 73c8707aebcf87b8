import type { Kysely, Transaction } from 'kysely';
import type { RecordReader, RecordStore, RecordTransaction, SealedValues } from '../records.ts';
import { removeDependents } from './dependents.ts';
import type { Tables } from './tables.ts';

/** So many former versions of a record are kept, to tell whoever saw one of them what has changed since. */
const formerVersions = 20;
const columns = ['id', 'name', 'version', 'record'] as const;

export function recordStore(db: Kysely<Tables>): RecordStore {
  return {
    ...recordReader(db),
    // One transaction at a time: the embedded engine has one connection.
    change: (work) => db.transaction().execute((tx) => work(recordTransaction(tx))),
  };
}

function recordReader(db: Kysely<Tables>): RecordReader {
  const ofType = (type: string) => db.selectFrom('resource').select(columns).where('type', '=', type);
  return {
    list: (type) => ofType(type).orderBy('name').execute(),
    get: async (type, id) => (await ofType(type).where('id', '=', id).executeTakeFirst()) ?? null,
  };
}

function recordTransaction(tx: Transaction<Tables>): RecordTransaction {
  return {
    ...recordReader(tx),
    async insert(type, record) {
      await tx
        .insertInto('resource')
        .values({ ...record, type })
        .execute();
    },
    async replace(type, { id, name, version, record }) {
      await tx
        .insertInto('resource_history')
        .columns(['id', 'version', 'record'])
        .expression((e) =>
          e
            .selectFrom('resource')
            .select(['id', 'version', 'record'])
            .where('id', '=', id)
            .where('version', '!=', version),
        )
        .execute();
      await tx
        .deleteFrom('resource_history')
        .where('id', '=', id)
        .where('version', '<', version - formerVersions)
        .execute();
      await tx
        .updateTable('resource')
        .set({ name, version, record })
        .where('id', '=', id)
        .where('type', '=', type)
        .execute();
    },
    async remove(type, id, options) {
      await removeDependents(tx, type, id, options);
      await tx.deleteFrom('secret').where('owner', '=', id).execute();
      await tx.deleteFrom('resource_history').where('id', '=', id).execute();
      await tx.deleteFrom('resource').where('id', '=', id).where('type', '=', type).execute();
    },
    async former(id, version) {
      const row = await tx
        .selectFrom('resource_history')
        .select('record')
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      return row?.record ?? null;
    },
    secret: (owner, name) => readSealed(tx, owner, name),
    seal: (owner, values) => saveSealed(tx, owner, values),
  };
}

export async function readSealed(
  db: Kysely<Tables>,
  owner: string,
  name: string,
): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('secret')
    .select('sealed')
    .where('owner', '=', owner)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.sealed ?? null;
}

/** Writes an owner's sealed values; null deletes one. */
export async function saveSealed(
  tx: Transaction<Tables>,
  owner: string,
  values: SealedValues,
): Promise<void> {
  for (const [name, sealed] of Object.entries(values))
    if (sealed === null)
      await tx.deleteFrom('secret').where('owner', '=', owner).where('name', '=', name).execute();
    else
      await tx
        .insertInto('secret')
        .values({ owner, name, sealed })
        .onConflict((conflict) => conflict.columns(['owner', 'name']).doUpdateSet({ sealed }))
        .execute();
}
