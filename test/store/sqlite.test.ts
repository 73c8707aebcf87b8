import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { configSchema } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import { serve } from '../../src/serve.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { explainSqlite } from '../../src/store/sqlite/problems.ts';
import { openStore, temporaryFolder } from './fixtures.ts';

const storeModule = new URL('../../src/store/sqlite/open.ts', import.meta.url).href;

/** Another process that holds the data folder's store open. */
async function holdOpen(folder: string, holder = 'server') {
  const script = `const { openSqliteStore } = await import(${JSON.stringify(storeModule)});
    await openSqliteStore(${JSON.stringify(folder)}, '${holder}'); console.log('open'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a second process on the same data folder is refused and told the first one’s pid', async (t) => {
  const folder = temporaryFolder(t);
  const other = await holdOpen(folder);
  t.after(() => other.kill('SIGKILL'));
  await assert.rejects(openSqliteStore(folder), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'store.locked');
    assert.match(error.message, new RegExp(`process ${other.pid}\\b`));
    return true;
  });
});

test('a command that uses the data folder is told as that, with what to do, and a server waits for it a while', async (t) => {
  const folder = temporaryFolder(t);
  const other = await holdOpen(folder, 'command');
  t.after(() => other.kill('SIGKILL'));
  await assert.rejects(openSqliteStore(folder), (error: unknown) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'store.locked-by-command');
    assert.match(error.remedy, new RegExp(`Wait until it has ended, or end it \\(kill ${other.pid};`));
    return true;
  });
  const config = configSchema.parse({
    dataFolder: folder,
    listen: { host: '127.0.0.1', port: 0 },
    log: { level: 'silent' },
  });
  const serving = serve(config);
  setTimeout(() => other.kill(), 500);
  await (await serving).stop();
});

test('a killed process leaves no lock behind', async (t) => {
  const folder = temporaryFolder(t);
  const other = await holdOpen(folder);
  other.kill('SIGKILL');
  await once(other, 'exit');
  const store = await openStore(t, folder);
  assert.equal(await store.messages.count(), 0);
});

test('the journal is a write-ahead log, so a backup can read while mail comes in', async (t) => {
  const folder = temporaryFolder(t);
  await openStore(t, folder);
  const database = new DatabaseSync(join(folder, 'letterbox.sqlite'), { readOnly: true });
  t.after(() => database.close());
  assert.equal(database.prepare('PRAGMA journal_mode').get()?.journal_mode, 'wal');
});

test('a database that another program holds is told in plain words', async (t) => {
  const folder = temporaryFolder(t);
  await openStore(t, folder);
  const file = join(folder, 'letterbox.sqlite');
  const holder = new DatabaseSync(file);
  holder.exec('BEGIN IMMEDIATE');
  const other = new DatabaseSync(file, { timeout: 0 });
  t.after(() => {
    other.close();
    holder.close();
  });
  let busy: unknown;
  try {
    other.exec(`INSERT INTO setting (key, value) VALUES ('a', 'b')`);
  } catch (error) {
    busy = explainSqlite(error);
  }
  assert.ok(busy instanceof Problem);
  assert.deepEqual([busy.code, busy.kind, busy.retry], ['store.busy', 'busy', 'later']);
  assert.match(busy.title, /Another program holds the database/);
});

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

test('every file in a data folder is its owner’s alone, whatever the folder and the umask', async (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const store = await openStore(t, folder);
  await store.settings.set('key', 'value');
  const names = readdirSync(folder);
  assert.ok(names.includes('letterbox.sqlite-wal') && names.includes('letterbox.lock'), names.join());
  for (const name of names) assert.equal(modeOf(join(folder, name)), '600', name);
  assert.equal(modeOf(folder), '755');
});

test('files that an earlier release left open to others are mended at the start, after a crash too', async (t) => {
  const folder = temporaryFolder(t);
  const other = await holdOpen(folder);
  other.kill('SIGKILL');
  await once(other, 'exit');
  writeFileSync(join(folder, 'master.key'), '');
  writeFileSync(join(folder, 'notes.txt'), 'the administrator’s own');
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o664);
  await openStore(t, folder);
  for (const name of readdirSync(folder))
    assert.equal(modeOf(join(folder, name)), name === 'notes.txt' ? '664' : '600', name);
});

test('a damaged database file is named as such', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(
    join(folder, 'letterbox.sqlite'),
    'this is not a database, whatever its name says, and long enough',
  );
  await assert.rejects(openSqliteStore(folder), { code: 'store.corrupt' });
});

test('a database of a later release is refused, untouched', async (t) => {
  const folder = temporaryFolder(t);
  await (await openSqliteStore(folder)).close();
  const database = new DatabaseSync(join(folder, 'letterbox.sqlite'));
  database.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-future', '2030-01-01')`);
  database.close();
  await assert.rejects(openSqliteStore(folder), { code: 'store.newer' });
});

test('a data folder that cannot be made is a problem that names it', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  chmodSync(folder, 0o700);
  await assert.rejects(openSqliteStore(join(folder, 'file', 'data')), { code: 'store.unwritable' });
});
