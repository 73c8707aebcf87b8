import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import * as first from '../../src/store/sql/migrations/0001-first.ts';
import * as outgoing from '../../src/store/sql/migrations/0002-outgoing.ts';
import type { EngineTypes } from '../../src/store/sql/migrations/engine-types.ts';
import { nodeSqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { openStore, temporaryFolder } from './fixtures.ts';

const types: EngineTypes = {
  bytes: 'blob',
  sequence: 'integer',
  asSequence: (column) => column.primaryKey().autoIncrement(),
};

/** A database as the release before deliveries named their kinds left it, filled by SQL. */
async function formerDatabase(folder: string, statements: string): Promise<void> {
  const file = join(folder, 'letterbox.sqlite');
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(file, { failed() {}, wrote() {} }) });
  const up = (migration: { up: (db: Kysely<unknown>, types: EngineTypes) => Promise<void> }) => ({
    up: (on: Kysely<unknown>) => migration.up(on, types),
  });
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => ({ '0001-first': up(first), '0002-outgoing': up(outgoing) }),
    },
  });
  const { error } = await migrator.migrateToLatest();
  await db.destroy();
  assert.equal(error, undefined);
  const database = new DatabaseSync(file);
  database.exec(statements);
  database.close();
}

const at = '2026-11-24T10:00:00.000Z';

const delivery = (id: string, message: string, destination: string, state: string, attempts: number) => `
  INSERT INTO delivery (id, message, destination_id, thread_id, state, attempts, next_attempt_at, created_at, problem)
  VALUES ('${id}', '${message}', '${destination}', 'thr_1', '${state}', ${attempts}, '${at}', '${at}',
    ${state === 'dead' ? `'{"code":"webhook.gone","title":"Gone","retry":"no"}'` : 'NULL'});`;

test('deliveries of a former release get their kinds by their ids, and lose nothing', async (t) => {
  const folder = temporaryFolder(t);
  await formerDatabase(
    folder,
    [
      delivery('dlv_1', 'msg_1', 'dst_1', 'pending', 3),
      delivery('dlv_2', 'msg_1', 'dst_2', 'dead', 18),
      delivery('dlv_3', 'out_1', 'ogs_1', 'delivered', 1),
      delivery('dlv_4', 'ntf_1', 'dst_1', 'pending', 0),
      delivery('dlv_5', 'outlook_is_no_prefix', 'ogsomething', 'dead', 1),
    ].join('\n'),
  );
  const store = await openStore(t, folder);
  const { items } = await store.deliveries.list({ limit: 10 });
  assert.deepEqual(
    items
      .toReversed()
      .map(({ id, sequence, item, target, state, attempts, problem }) => [
        id,
        sequence,
        `${item.kind} ${item.id}`,
        `${target.kind} ${target.id}`,
        state,
        attempts,
        problem?.code ?? null,
      ]),
    [
      ['dlv_1', 1, 'message msg_1', 'destination dst_1', 'pending', 3, null],
      ['dlv_2', 2, 'message msg_1', 'destination dst_2', 'dead', 18, 'webhook.gone'],
      ['dlv_3', 3, 'mail out_1', 'outgoing-server ogs_1', 'delivered', 1, null],
      ['dlv_4', 4, 'notification ntf_1', 'destination dst_1', 'pending', 0, null],
      ['dlv_5', 5, 'message outlook_is_no_prefix', 'destination ogsomething', 'dead', 1, 'webhook.gone'],
    ],
  );
  assert.deepEqual(await store.deliveries.dead(), [
    { target: { kind: 'destination', id: 'dst_2' }, count: 1 },
    { target: { kind: 'destination', id: 'ogsomething' }, count: 1 },
  ]);
  // The notification comes after the message in their thread.
  const claimed = await store.deliveries.claim('dst_1', at, '2026-11-24T11:00:00.000Z', 10);
  assert.deepEqual(
    claimed.map(({ id }) => id),
    ['dlv_1'],
  );
});
