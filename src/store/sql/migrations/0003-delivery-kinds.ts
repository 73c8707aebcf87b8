import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** What is delivered and where to, which the first letters of the ids told until now. */
const kinds = [
  { column: 'item_kind', id: 'message', usual: 'message', others: { out: 'mail', ntf: 'notification' } },
  { column: 'target_kind', id: 'destination_id', usual: 'destination', others: { ogs: 'outgoing-server' } },
];

/** Each delivery names the kinds of what is delivered and of where it goes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const { column, id, usual, others } of kinds) {
    await db.schema
      .alterTable('delivery')
      .addColumn(column, 'text', (c) => c.notNull().defaultTo(usual))
      .execute();
    for (const [prefix, kind] of Object.entries(others))
      await sql`UPDATE delivery SET ${sql.ref(column)} = ${kind} WHERE substr(${sql.ref(id)}, 1, 4) = ${`${prefix}_`}`.execute(
        db,
      );
  }
}
