import type { Kysely } from 'kysely';
import type { EngineTypes } from './engine-types.ts';

/** Outgoing email servers, the outbox, and what administrators are told. */
export async function up(db: Kysely<unknown>, types: EngineTypes): Promise<void> {
  await db.schema
    .createTable('outgoing_server')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('record', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('outgoing_mail')
    .addColumn('sequence', types.sequence, types.asSequence)
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('thread_id', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull())
    .addColumn('in_reply_to', 'text')
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('recipients', 'text', (c) => c.notNull())
    .addColumn('size', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('source_id', 'text')
    .execute();
  await db.schema
    .createIndex('outgoing_mail_server')
    .on('outgoing_mail')
    .columns(['server_id', 'sequence'])
    .execute();
  await db.schema.createIndex('outgoing_mail_answers').on('outgoing_mail').column('in_reply_to').execute();
  await db.schema.createIndex('outgoing_mail_age').on('outgoing_mail').column('created_at').execute();

  await db.schema
    .createTable('answered_sender')
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('answered_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('answered_sender_key', ['server_id', 'sender'])
    .execute();

  await db.schema
    .createTable('concern')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('notice', 'text', (c) => c.notNull())
    .addColumn('since', 'text', (c) => c.notNull())
    .addColumn('told_at', 'text')
    .execute();
  await db.schema
    .createTable('notification')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
}
