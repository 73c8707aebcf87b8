import type { Kysely, Transaction } from 'kysely';
import { Problem } from '../../model/problem.ts';
import type { SealedValues } from '../store.ts';
import type { Tables } from './tables.ts';

/** The tables of records: few rows, read whole, known by id and by a unique name. */
type RecordTable = 'profile' | 'mail_server' | 'destination' | 'outgoing_server';

interface Named {
  id: string;
  name: string;
}

export async function listRecords<T extends Named>(db: Kysely<Tables>, table: RecordTable): Promise<T[]> {
  const rows = await db.selectFrom(table).select('record').orderBy('name').execute();
  return rows.map((row) => JSON.parse(row.record));
}

export async function getRecord<T extends Named>(
  db: Kysely<Tables>,
  table: RecordTable,
  id: string,
): Promise<T | null> {
  const row = await db.selectFrom(table).select('record').where('id', '=', id).executeTakeFirst();
  return row ? JSON.parse(row.record) : null;
}

/** Inserts or replaces; throws `store.name-taken` when another record of the table has the name. */
export async function saveRecord<T extends Named>(
  db: Kysely<Tables>,
  table: RecordTable,
  record: T,
): Promise<void> {
  const row = { id: record.id, name: record.name, record: JSON.stringify(record) };
  const namesake = await db
    .selectFrom(table)
    .select('id')
    .where('name', '=', row.name)
    .where('id', '!=', row.id)
    .executeTakeFirst();
  if (namesake)
    throw new Problem({
      code: 'store.name-taken',
      kind: 'conflict',
      title: 'That name is already in use',
      detail: record.name,
      remedy: 'Choose another name.',
    });
  await db
    .insertInto(table)
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: row.name, record: row.record }))
    .execute();
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
