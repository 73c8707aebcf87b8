import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { recordedLog } from '../http/recorded-log.ts';
import { furnish, receive, startWorld } from './world.ts';

test('a stored source that the disk has altered is not given out, and everybody is told', async (t) => {
  const { log, errors } = recordedLog(t);
  const world = await startWorld(t, undefined, log);
  const { server } = await furnish(world);
  const large = Buffer.concat([
    Buffer.from('Subject: large\r\n\r\n'),
    Buffer.from(
      randomBytes(600_000)
        .toString('base64')
        .replace(/(.{76})/g, '$1\r\n'),
    ),
  ]);
  const small = Buffer.from('Subject: small\r\n\r\nHello\r\n');
  const ids = await receive(world, server, [large, small]);
  const [largeId = '', smallId = ''] = ids;
  const paths = (id: string) => [`/api/messages/${id}/raw`, `/messages/${id}/raw`];
  const get = (path: string) => world.fetch(path, { headers: { cookie: world.cookie } });
  assert.equal((await get(`/api/messages/${largeId}/raw`)).text.length, large.length);
  assert.equal((await get('/readyz')).status, 200);

  const database = new DatabaseSync(join(world.dataFolder, 'letterbox.sqlite'));
  t.after(() => database.close());
  const replace = database.prepare(
    'UPDATE source_chunk SET bytes = ? WHERE seq = ? AND source_id = (SELECT source_id FROM message WHERE id = ?)',
  );
  replace.run(zstdCompressSync(Buffer.from('Subject: small\r\n\r\nHallo\r\n')), 0, smallId);
  replace.run(zstdCompressSync(randomBytes(256 * 1024)), 1, largeId);

  for (const path of paths(smallId)) {
    const { status, text } = await get(path);
    assert.equal(status, 500, path);
    assert.match(text, /stored source of a message is damaged/);
    assert.doesNotMatch(text, /Hallo/);
  }
  // Some of it had been sent: the connection breaks, so that no client takes it for whole.
  for (const path of paths(largeId)) await assert.rejects(get(path), { code: 'ECONNRESET' }, path);
  const { status, text } = await get('/readyz');
  assert.deepEqual([status, text], [503, 'not ready: The stored source of a message is damaged\n']);
  const { notices } = (await world.call('GET', '/api/overview')).json;
  assert.equal(notices[0]?.key, 'message.source-damaged');
  assert.match(notices[0]?.remedy, /restore the data folder/);
  // Once, and without a stack.
  assert.equal(errors.length, 1, errors.join('\n'));
  assert.match(errors[0] ?? '', /"the database is in trouble"/);
});
