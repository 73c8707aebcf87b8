import { type Kysely, sql } from 'kysely';

/**
 * A position knows what lay there, so that a server which gives its number to another message is noticed: such a
 * message is another generation of the place. What a server does not give waits before it is in quarantine. Of a
 * mailbox is kept what the last audit of it showed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('new_position')
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('validity', 'text', (c) => c.notNull())
    .addColumn('uid', 'text', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text')
    .addColumn('received_at', 'text')
    .addColumn('size', 'integer')
    .addColumn('acknowledgement', 'text', (c) => c.notNull())
    .addColumn('acknowledge_at', 'text', (c) => c.notNull())
    .addColumn('refusals', 'integer', (c) => c.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('position_place', ['server_id', 'folder', 'validity', 'uid', 'generation'])
    .execute();
  await sql`insert into new_position (server_id, folder, validity, uid, generation, message, fingerprint,
      acknowledgement, acknowledge_at)
    select server_id, folder, validity, uid, 0, message, fingerprint, acknowledgement, acknowledge_at
    from position`.execute(db);
  await db.schema.dropTable('position').execute();
  await db.schema.alterTable('new_position').renameTo('position').execute();
  await db.schema
    .createIndex('position_fingerprint')
    .on('position')
    .columns(['server_id', 'fingerprint'])
    .execute();
  await db.schema
    .createIndex('position_due')
    .on('position')
    .columns(['server_id', 'acknowledge_at'])
    .where(sql.ref('acknowledgement'), '=', sql.lit('due'))
    .execute();

  await db.schema
    .alterTable('quarantine')
    .addColumn('state', 'text', (c) => c.notNull().defaultTo('quarantined'))
    .execute();
  await db.schema
    .alterTable('quarantine')
    .addColumn('looks', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('quarantine').addColumn('next_look_at', 'text').execute();
  // Never had, and so asked for again; but what is too large only when the limit changes
  await sql`update quarantine set next_look_at = quarantined_at
    where message is null and problem not like '%"message.too-large"%'`.execute(db);
  await db.schema.alterTable('mailbox').addColumn('audit', 'text').execute();
}
