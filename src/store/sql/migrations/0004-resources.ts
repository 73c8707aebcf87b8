import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** The tables in which records stood, and the types that they have since. */
const former = {
  profile: 'profile',
  mail_server: 'server',
  destination: 'destination',
  outgoing_server: 'outgoing-server',
};

/**
 * All records of resources in one table, each with its version; and of a mailbox what only its reading knows. Notices
 * stand in a table of their name.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('resource')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('record', 'text', (c) => c.notNull())
    .addUniqueConstraint('resource_name', ['type', 'name'])
    .execute();
  await db.schema
    .createTable('resource_history')
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('record', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('resource_history_key', ['id', 'version'])
    .execute();
  await db.schema
    .createTable('mailbox')
    .addColumn('server_id', 'text', (c) => c.primaryKey())
    .addColumn('cursor', 'text')
    .addColumn('state', 'text')
    .addColumn('restriction', 'text')
    .execute();

  await db.schema.alterTable('concern').renameTo('notice').execute();
  await sql`insert into mailbox (server_id, cursor, state, restriction)
    select id, cursor, state, restriction from mail_server`.execute(db);
  for (const [table, type] of Object.entries(former)) {
    await sql`insert into resource (id, type, name, version, record)
      select id, ${sql.lit(type)}, name, 1, record from ${sql.table(table)}`.execute(db);
    await db.schema.dropTable(table).execute();
  }
  await sql`insert into resource (id, type, name, version, record)
    select key, key, key, 1, value from setting where key = 'notifications'`.execute(db);
  await sql`delete from setting where key = 'notifications'`.execute(db);
}
