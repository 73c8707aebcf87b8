import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { EngineTypes } from './engine-types.ts';

/** How targets of deliveries stand, what they answered at each attempt, and the key of the ids of deliveries. */
export async function up(db: Kysely<unknown>, types: EngineTypes): Promise<void> {
  await db.schema
    .createTable('endpoint')
    .addColumn('target_id', 'text', (c) => c.primaryKey())
    // Of the record that the rest is about: a change of it may have mended what was wrong
    .addColumn('version', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('disabled', 'text')
    .addColumn('disabled_at', 'text')
    .addColumn('rests_until', 'text')
    .addColumn('clock', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('delivery').addColumn('replay_id', 'text').execute();
  await db.schema.alterTable('delivery').addColumn('clock_from', 'integer').execute();
  await db.schema
    .createTable('delivery_attempt')
    .addColumn('sequence', types.sequence, types.asSequence)
    .addColumn('delivery_id', 'text', (c) => c.notNull().references('delivery.id').onDelete('cascade'))
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('took', 'integer', (c) => c.notNull())
    .addColumn('status', 'integer')
    .addColumn('headers', 'text')
    .addColumn('body', 'text')
    .addColumn('problem', 'text')
    .execute();
  await db.schema
    .createIndex('delivery_attempt_of')
    .on('delivery_attempt')
    .columns(['delivery_id', 'sequence'])
    .execute();
  // Made here, so that every back-up has it
  await sql`insert into setting (key, value) values ('delivery-id-key', ${randomBytes(32).toString('base64')})`.execute(
    db,
  );
}
