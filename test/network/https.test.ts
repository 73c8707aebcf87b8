import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type TestContext, test } from 'node:test';
import { createHttpsClient, readText } from '../../src/network/https.ts';
import { until } from '../end-to-end/world.ts';
import { localCertificates, mailServer, problemOf } from '../sources/setting.ts';

async function serve(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const { certFile, keyFile, caPem } = await localCertificates(t);
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const { port } = server.address() as { port: number };
  const peer = mailServer({ protocol: 'ews', port, certificateAuthority: caPem });
  return {
    server,
    client(silenceMs: number) {
      const client = createHttpsClient(peer, { connections: 1, silenceMs });
      t.after(() => client.close());
      return client;
    },
  };
}

const get = { method: 'GET', target: '/', headers: {} } as const;

test('a connection is used again at once, and not after it was idle: a firewall may have forgotten it', async (t) => {
  const served = await serve(t, (_, response) => void response.end('hello'));
  // The server itself would keep it for ever
  served.server.keepAliveTimeout = 0;
  const connections = { made: 0, open: 0 };
  served.server.on('secureConnection', (socket) => {
    connections.made++;
    connections.open++;
    socket.once('close', () => connections.open--);
  });
  const client = served.client(300);
  const hello = async () => readText((await client.request(get)).body, 100);
  assert.deepEqual([await hello(), await hello()], ['hello', 'hello']);
  assert.equal(connections.made, 1);
  await until('the idle connection is closed', () => connections.open === 0);
  assert.equal(await hello(), 'hello');
  assert.equal(connections.made, 2);
});

test('a server that falls silent in the middle of its answer is told as silent', async (t) => {
  const { client } = await serve(t, (_, response) => void response.writeHead(200).write('begun'));
  const { body } = await client(200).request(get);
  assert.equal((await problemOf(readText(body, 1000))).code, 'ews.silent');
});

test('a server that never begins to answer is told as silent', async (t) => {
  const { client } = await serve(t, () => {});
  assert.equal((await problemOf(client(200).request(get))).code, 'ews.silent');
});

test('an abort just as an answer ends brings nothing down', async (t) => {
  const client = (await serve(t, (_, response) => void response.end('all of it'))).client(10_000);
  const stop = new AbortController();
  const { body } = await client.request({ ...get, signal: stop.signal });
  await body[Symbol.asyncIterator]().next();
  stop.abort();
  const again = await client.request(get);
  assert.equal(await readText(again.body, 1000), 'all of it');
});

test('an address of another host is refused, so that no token goes there', async (t) => {
  const { client } = await serve(t, (_, response) => void response.end());
  await assert.rejects(client(1000).request({ ...get, target: 'https://elsewhere.example/' }), /elsewhere/);
});
