import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { EngineTypes } from './engine-types.ts';

/** The tables of the first release. */
export async function up(db: Kysely<unknown>, types: EngineTypes): Promise<void> {
  for (const table of ['profile', 'destination'])
    await db.schema
      .createTable(table)
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .addColumn('record', 'text', (c) => c.notNull())
      .execute();

  await db.schema
    .createTable('mail_server')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('cursor', 'text')
    .addColumn('state', 'text')
    .addColumn('restriction', 'text')
    .execute();

  await db.schema
    .createTable('secret')
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('sealed', types.bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint('secret_key', ['owner', 'name'])
    .execute();

  await db.schema
    .createTable('message')
    .addColumn('sequence', types.sequence, types.asSequence)
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('mailbox', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('thread_id', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text')
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('size', 'integer', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('attachments', 'integer', (c) => c.notNull())
    .addColumn('defects', 'integer', (c) => c.notNull())
    .addColumn('received_at', 'text', (c) => c.notNull())
    .addColumn('stored_at', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('source_id', 'text')
    .execute();
  await db.schema.createIndex('message_age').on('message').column('stored_at').execute();

  await db.schema
    .createTable('position')
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('validity', 'text', (c) => c.notNull())
    .addColumn('uid', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('acknowledgement', 'text', (c) => c.notNull())
    .addColumn('acknowledge_at', 'text', (c) => c.notNull())
    // What makes a message impossible to store twice, whatever is repeated.
    .addPrimaryKeyConstraint('position_key', ['server_id', 'folder', 'validity', 'uid'])
    .execute();
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
    .createTable('thread_reference')
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('thread_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('thread_reference_key', ['server_id', 'reference'])
    .execute();

  await db.schema
    .createTable('source_chunk')
    .addColumn('source_id', 'text', (c) => c.notNull())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('bytes', types.bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint('source_chunk_key', ['source_id', 'seq'])
    .execute();
  await db.schema
    .createTable('spool')
    .addColumn('source_id', 'text', (c) => c.primaryKey())
    .execute();

  await db.schema
    .createTable('delivery')
    .addColumn('sequence', types.sequence, types.asSequence)
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('destination_id', 'text', (c) => c.notNull())
    .addColumn('thread_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', 'text', (c) => c.notNull())
    .addColumn('claimed_until', 'text')
    .addColumn('last_attempt_at', 'text')
    .addColumn('delivered_at', 'text')
    .addColumn('problem', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('delivery_once', ['message', 'destination_id'])
    .execute();
  await db.schema
    .createIndex('delivery_due')
    .on('delivery')
    .columns(['destination_id', 'next_attempt_at', 'sequence'])
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute();
  await db.schema
    .createIndex('delivery_thread')
    .on('delivery')
    .columns(['destination_id', 'thread_id', 'sequence'])
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute();
  await db.schema.createIndex('delivery_state').on('delivery').columns(['state', 'sequence']).execute();

  await db.schema
    .createTable('quarantine')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('validity', 'text', (c) => c.notNull())
    .addColumn('uid', 'text', (c) => c.notNull())
    .addColumn('received_at', 'text')
    .addColumn('message', 'text')
    .addColumn('problem', 'text', (c) => c.notNull())
    .addColumn('quarantined_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('quarantine_once', ['server_id', 'folder', 'validity', 'uid'])
    .execute();

  await db.schema
    .createTable('consent')
    .addColumn('state_hash', 'text', (c) => c.primaryKey())
    .addColumn('profile_id', 'text', (c) => c.notNull())
    .addColumn('session_hash', 'text', (c) => c.notNull())
    .addColumn('sealed', types.bytes, (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .addColumn('taken', 'integer', (c) => c.notNull())
    .addColumn('outcome', 'text')
    .execute();

  await db.schema
    .createTable('session')
    .addColumn('id_hash', 'text', (c) => c.primaryKey())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('setting')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}
