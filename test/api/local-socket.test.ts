import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Hono } from 'hono';
import { serveLocally } from '../../src/api/local-socket.ts';
import { socketAddress } from '../../src/config/socket.ts';
import { Problem } from '../../src/model/problem.ts';
import { endings } from '../endings.ts';

const app = new Hono().get('/', (c) => c.text('here'));

function openFolder(t: TestContext, name = 'data') {
  const after = endings(t);
  const above = mkdtempSync(join(tmpdir(), 'letterbox-socket-'));
  after(() => rmSync(above, { recursive: true, force: true }));
  const folder = join(above, name);
  mkdirSync(folder, { recursive: true });
  return { after, folder, file: join(folder, 'letterbox.sock') };
}

function ask(folder: string): Promise<string> {
  const { address, close } = socketAddress(folder);
  return new Promise<string>((resolve, reject) => {
    request({ socketPath: address, path: '/', agent: false }, (response) => {
      response.setEncoding('utf8').once('data', resolve);
    })
      .on('error', reject)
      .end();
  }).finally(close);
}

test('only the user that Letterbox runs as may use the socket, and a clean stop takes it away', async (t) => {
  const { after, folder, file } = openFolder(t);
  const { stop } = await serveLocally({ app, dataFolder: folder });
  after(() => stop());
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(await ask(folder), 'here');
  await stop();
  assert.equal(existsSync(file), false);
});

test('a data folder whose path is longer than a socket’s may be has one all the same', async (t) => {
  const { after, folder, file } = openFolder(t, join('x'.repeat(100), 'y'.repeat(100)));
  const { stop } = await serveLocally({ app, dataFolder: folder });
  after(() => stop());
  assert.ok(statSync(file).isSocket());
  assert.equal(await ask(folder), 'here');
});

test('a socket that a killed process left is taken over', async (t) => {
  const { after, folder, file } = openFolder(t);
  const killed = createServer().listen(file);
  after(() => killed.close());
  const { stop } = await serveLocally({ app, dataFolder: folder });
  after(() => stop());
  assert.equal(await ask(folder), 'here');
});

test('another file of its name stays as it is, and the problem says what is in the way', async (t) => {
  const { folder, file } = openFolder(t);
  writeFileSync(file, 'mine');
  await assert.rejects(serveLocally({ app, dataFolder: folder }), (problem) => {
    assert.ok(problem instanceof Problem);
    assert.equal(problem.code, 'socket.impossible');
    assert.ok(problem.detail?.includes(file));
    return true;
  });
  assert.equal(readFileSync(file, 'utf8'), 'mine');
});
