import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Hono } from 'hono';
import { createApp } from '../../src/http/app.ts';
import { limits } from '../../src/http/limits.ts';
import { until } from '../until.ts';
import { serve, silent } from './fixtures.ts';
import { knock, type RawConnection, readAll, shakeHands } from './raw-client.ts';

const megabyte = 1024 * 1024;
const elsewhere = { from: '127.0.0.2' };
const ask = 'GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** An app that counts what it is asked, behind the limits of a test. */
async function open(t: TestContext, changes: Partial<typeof limits> = {}, trustedProxies: string[] = []) {
  let asked = 0;
  let unread = 0;
  const part = new Hono()
    .get('/page', (c) => {
      asked++;
      return c.text('x'.repeat(200_000));
    })
    .get('/large/:megabytes', (c) => {
      asked++;
      let left = Number(c.req.param('megabytes')) * 16;
      return c.body(
        new ReadableStream({
          pull(controller) {
            if (left-- > 0) controller.enqueue(Buffer.alloc(64 * 1024, 'x'));
            else controller.close();
          },
          cancel() {
            unread++;
          },
        }),
      );
    })
    .post('/body', async (c) => c.text(String((await c.req.text()).length)));
  const app = createApp({ apps: [part], log: silent });
  const served = await serve(t, app, { limits: { ...limits, ...changes }, trustedProxies });
  return { ...served, asked: () => asked, unread: () => unread };
}

const many = <T>(count: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));
const openOf = (connections: RawConnection[]) => connections.filter((one) => !one.isClosed()).length;

test('2,000 silent connections of one address keep nobody else out, and few of them are held', async (t) => {
  const { server, fetch } = await open(t);
  const silentOnes: RawConnection[] = [];
  for (let i = 0; i < 20; i++) silentOnes.push(...(await many(100, () => knock(t, server.port))));
  assert.equal((await fetch('/page', elsewhere)).status, 200);
  await until('few are held', async () => openOf(silentOnes) <= limits.connectionsOfAddress);
  // The newest stay: what was silent longer gives way, also to who comes from the same address and asks.
  assert.equal((await fetch('/page')).status, 200);
});

test('silent connections from many addresses keep nobody out either', async (t) => {
  const { server, fetch } = await open(t, { connections: 40, connectionsOfAddress: 10 });
  const silentOnes = await many(200, (i) => knock(t, server.port, `127.0.1.${i % 50}`));
  for (let i = 0; i < 5; i++) assert.equal((await fetch('/page', elsewhere)).status, 200);
  await until('few are held', async () => openOf(silentOnes) <= 40);
});

test('slow readers from some addresses, all of them busy, keep nobody else out', async (t) => {
  const { server, fetch, asked } = await open(t, { connections: 20, connectionsOfAddress: 10 });
  const busy = await many(20, (i) => shakeHands(t, server.port, `127.0.1.${i % 2}`));
  for (const { socket } of busy) socket.pause().write(ask.replace('/page', '/large/9'));
  await until('all are under way', async () => asked() === 20);
  assert.equal((await fetch('/page', elsewhere)).status, 200);
  for (const { socket } of busy) socket.destroy();
});

test('a connection without a handshake, without a request, or with an endless one is ended', async (t) => {
  const quick = { handshakeMs: 300, headersMs: 300, requestMs: 400, checkMs: 50 };
  const { server } = await open(t, quick);
  await (await knock(t, server.port)).closed;
  await (await shakeHands(t, server.port)).closed;
  for (const begun of [
    'GET /page HT',
    'GET /page HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
    'POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n',
    'POST /body HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    const connection = await shakeHands(t, server.port);
    connection.socket.write(begun);
    const drip = setInterval(
      () => connection.socket.write(begun.includes('chunked') ? '1\r\nx\r\n' : 'x'),
      30,
    );
    await connection.closed;
    clearInterval(drip);
  }
});

test('of requests that are sent at once one is under way, a few wait, and more end the connection', async (t) => {
  const { server, asked } = await open(t);
  const greedy = await many(20, () => shakeHands(t, server.port));
  for (const { socket } of greedy) socket.pause().write(ask.repeat(600));
  await Promise.all(greedy.map(readAll));
  assert.ok(asked() <= 20, `${asked()} of 12,000 were answered`);
});

test('some requests sent at once are answered in their order', async (t) => {
  const { server } = await open(t);
  const connection = await shakeHands(t, server.port);
  const post = (body: string, more = '') =>
    `POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
  connection.socket.write(post('a') + post('bb') + post('ccc', 'Connection: close\r\n'));
  const answers = (await readAll(connection)).match(/\r\n\r\n\d/g);
  assert.deepEqual(answers, ['\r\n\r\n1', '\r\n\r\n2', '\r\n\r\n3']);
});

test('who takes nothing of an answer is cut; who takes it slowly gets the whole of it', async (t) => {
  const { server, unread } = await open(t, { unreadMs: 1_000 });
  const [deaf, slow] = [await shakeHands(t, server.port), await shakeHands(t, server.port)];
  for (const { socket } of [deaf, slow])
    socket.write('GET /large/12 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  deaf.socket.pause();
  let taken = 0;
  // Longer in all than a deaf one is waited for.
  slow.socket.on('data', (data) => {
    taken += data.length;
    slow.socket.pause();
    setTimeout(() => slow.socket.resume(), 5);
  });
  await until('the deaf one is cut', async () => unread() === 1);
  await slow.closed;
  assert.ok(taken > 12 * megabyte, `${taken} bytes`);
});

test('too much that is not taken, over all, ends the connections of those who hold most of it', async (t) => {
  const { server, unread, fetch } = await open(t, { unreadBytes: megabyte });
  const modest = await shakeHands(t, server.port, elsewhere.from);
  modest.socket.pause().write('GET /large/9 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const deaf = await many(40, () => shakeHands(t, server.port));
  for (const { socket } of deaf) socket.pause().write(ask.replace('/page', '/large/9'));
  await until('some are cut', async () => unread() > 5);
  assert.equal((await fetch('/page', elsewhere)).status, 200);
  assert.ok((await readAll(modest)).length > 9 * megabyte);
  for (const { socket } of deaf) socket.destroy();
});

test('behind a trusted proxy the clients are counted, and not the proxy', async (t) => {
  const few = { connectionsOfAddress: 3 };
  const { server, fetch, asked } = await open(t, few, ['127.0.0.0/24']);
  const request = (client: string) =>
    `GET /large/9 HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${client}\r\n\r\n`;
  const proxied = await many(6, () => shakeHands(t, server.port));
  for (const { socket } of proxied.slice(0, 3)) socket.pause().write(request('192.0.2.1'));
  await until('three are under way', async () => asked() === 3);
  const [fourth, other] = [proxied[3], proxied[4]] as [RawConnection, RawConnection];
  fourth.socket.write(request('192.0.2.1'));
  assert.match(await readAll(fourth), /^HTTP\/1\.1 429 /);
  other.socket.pause().write(request('192.0.2.2'));
  await until('another client is served', async () => asked() === 4);
  assert.equal((await fetch('/page')).status, 200);
  for (const { socket } of proxied) socket.destroy();
});

test('a request that names several hosts is refused, and what follows it is not read', async (t) => {
  const { server, asked } = await open(t);
  const connection = await shakeHands(t, server.port);
  connection.socket.write(`GET /page HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\n\r\n${ask}`);
  assert.match(await readAll(connection), /^HTTP\/1\.1 400 [\s\S]*request\.host/);
  assert.equal(asked(), 0);
});
