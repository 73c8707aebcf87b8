import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import { storeProblem } from '../../src/store/health.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mailServer, openStore, readAll, receipt, sourceFacts, temporaryFolder } from './fixtures.ts';

const kibibyte = 1024;

/** A store with one message of these bytes, and another hand on its database. */
async function openWith(t: TestContext, bytes: Buffer) {
  const folder = temporaryFolder(t);
  const store = await openStore(t, folder);
  const server = mailServer();
  await put(store, 'server', server);
  const made = receipt(1, 'one', { raw: { bytes }, ...sourceFacts(bytes) });
  const [{ messageId: id } = { messageId: '' }] = await store.messages.receive(server, [made]);
  const database = new DatabaseSync(join(folder, 'letterbox.sqlite'));
  t.after(() => database.close());
  const chunk = (seq: number) =>
    Buffer.from(
      database.prepare('SELECT bytes FROM source_chunk WHERE seq = ?').get(seq)?.bytes as Uint8Array,
    );
  const replace = (seq: number, with_: Uint8Array) =>
    database.prepare('UPDATE source_chunk SET bytes = ? WHERE seq = ?').run(with_, seq);
  /** What is given out until it fails; null where it does not fail. */
  async function givenOut(offset?: number, length?: number): Promise<number | null> {
    let given = 0;
    try {
      for await (const part of store.messages.raw(id, offset, length)) given += part.length;
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'message.source-damaged');
      return given;
    }
    return null;
  }
  return { store, id, database, chunk, replace, givenOut };
}

/** As an earlier release wrote it. */
const withoutChecksum = (bytes: Uint8Array) => zstdCompressSync(bytes);

const text = Buffer.from('From: ann@contoso.example\r\n\r\nThe quick brown fox jumps over the lazy dog.\r\n');

test('of a small source with any one byte altered nothing is given out, and it is told', async (t) => {
  const { chunk, replace, givenOut, store } = await openWith(t, text);
  assert.equal(store.health.damage(), null);
  for (const whole of [chunk(0), withoutChecksum(text)])
    for (let at = 0; at < whole.length; at++) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      replace(0, altered);
      const given = await givenOut();
      // What opens to the very same bytes is no damage.
      if (given === null) assert.deepEqual(await readAll(store.messages.raw((await first(store)).id)), text);
      else assert.equal(given, 0, `byte ${at}`);
    }
  assert.equal(store.health.damage()?.code, 'message.source-damaged');
  assert.equal(storeProblem(store.health)?.code, 'message.source-damaged');
});

const first = async (store: Awaited<ReturnType<typeof openStore>>) => {
  const [found] = (await store.messages.list({ limit: 1 })).items;
  assert.ok(found);
  return found;
};

test('a large source that is damaged anywhere never looks whole, with and without checksums in its frames', async (t) => {
  const bytes = randomBytes(700 * kibibyte);
  const { chunk, replace, givenOut } = await openWith(t, bytes);
  const chunks = [0, 1, 2].map(chunk);
  const plain = [0, 1, 2].map((seq) =>
    withoutChecksum(bytes.subarray(seq * 256 * kibibyte, (seq + 1) * 256 * kibibyte)),
  );
  for (const frames of [chunks, plain])
    for (const seq of [0, 1, 2]) {
      for (const [i, frame] of frames.entries()) replace(i, frame);
      assert.equal(await givenOut(), null);
      const altered = Buffer.from(frames[seq] ?? '');
      const middle = altered.length >> 1;
      altered[middle] = (altered[middle] ?? 0) ^ 0x80;
      replace(seq, altered);
      const given = await givenOut();
      assert.ok(given !== null && given < bytes.length, `chunk ${seq}: ${given}`);
    }
});

test('a part of a source is checked before its first byte, whichever release stored it', async (t) => {
  const bytes = randomBytes(700 * kibibyte);
  const { replace, givenOut, store, id } = await openWith(t, bytes);
  const part = await readAll(store.messages.raw(id, 300 * kibibyte, 100));
  assert.deepEqual(part, bytes.subarray(300 * kibibyte, 300 * kibibyte + 100));
  // Well-formed, and not what came in.
  replace(1, withoutChecksum(randomBytes(256 * kibibyte)));
  assert.equal(await givenOut(300 * kibibyte, 100), 0);
});

test('chunks that are missing, too short or another’s are damage', async (t) => {
  const bytes = randomBytes(700 * kibibyte);
  const { chunk, replace, givenOut, database } = await openWith(t, bytes);
  const [kept0, kept1] = [chunk(0), chunk(1)];
  replace(1, kept0);
  assert.notEqual(await givenOut(), null);
  replace(1, withoutChecksum(bytes.subarray(0, 100)));
  assert.notEqual(await givenOut(), null);
  replace(1, kept1);
  assert.equal(await givenOut(), null);
  database.exec('DELETE FROM source_chunk WHERE seq = 2');
  assert.notEqual(await givenOut(), null);
  assert.equal(await givenOut(600 * kibibyte, 10), 0);
});

/** Writes zeros over a page in the middle of the file, as a disk that forgets does. */
function zeroPages(file: string): void {
  const descriptor = openSync(file, 'r+');
  const pages = Math.floor(statSync(file).size / 4096);
  for (let page = Math.floor(pages / 2); page < pages; page++)
    writeSync(descriptor, Buffer.alloc(4096), 0, 4096, page * 4096);
  closeSync(descriptor);
}

test('after an end, clean or not, the database is looked through, and damage is told', async (t) => {
  for (const unclean of [false, true]) {
    const folder = temporaryFolder(t);
    const before = await openSqliteStore(folder);
    const server = mailServer();
    await put(before, 'server', server);
    const receipts = Array.from({ length: 50 }, (_, i) => {
      const bytes = randomBytes(8 * kibibyte);
      return receipt(i + 1, `mail ${i}`, { raw: { bytes }, ...sourceFacts(bytes) });
    });
    await before.messages.receive(server, receipts);
    await before.close();
    if (unclean) writeFileSync(join(folder, 'letterbox.pid'), '1\n');
    zeroPages(join(folder, 'letterbox.sqlite'));
    const store = await openStore(t, folder);
    store.health.check();
    await until('the damage is told', () => store.health.damage()?.code === 'store.corrupt');
    assert.match(store.health.damage()?.remedy ?? '', /restore the data folder from its last backup/);
  }
});

test('what nobody has looked into after an unclean end is looked into at the next start', async (t) => {
  const folder = temporaryFolder(t);
  const isUnclean = () => existsSync(join(folder, 'letterbox.pid'));
  await (await openSqliteStore(folder)).close();
  assert.equal(isUnclean(), false);
  writeFileSync(join(folder, 'letterbox.pid'), '1\n');
  // As a command does that has no time for it.
  await (await openSqliteStore(folder)).close();
  assert.equal(isUnclean(), true);
  await until('it was looked into', async () => {
    const store = await openSqliteStore(folder);
    store.health.check();
    await sleep(500);
    await store.close();
    return !isUnclean();
  });
});
