import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { test } from 'node:test';
import { createHttpsClient, readText } from '../../src/network/https.ts';
import { until } from '../end-to-end/world.ts';
import { localCertificates } from '../sources/setting.ts';

test('P20: a connection is used again at once, and not after it was idle: a firewall may have forgotten it', async (t) => {
  const { caPem, certFile, keyFile } = await localCertificates(t);
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  // The server itself would keep it for ever
  server.keepAliveTimeout = 0;
  const connections = { made: 0, open: 0 };
  server.on('secureConnection', (socket) => {
    connections.made++;
    connections.open++;
    socket.once('close', () => connections.open--);
  });
  server.on('request', (_request, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const client = createHttpsClient(
    {
      name: 'Support',
      protocol: 'graph',
      host: 'localhost',
      port,
      security: 'tls',
      certificateAuthority: caPem,
    },
    { connections: 1, silenceMs: 300 },
  );
  t.after(() => client.close());
  const get = async () =>
    readText((await client.request({ method: 'GET', target: '/', headers: {} })).body, 100);
  assert.deepEqual([await get(), await get()], ['hello', 'hello']);
  assert.equal(connections.made, 1);
  await until('the idle connection is closed', () => connections.open === 0);
  assert.equal(await get(), 'hello');
  assert.equal(connections.made, 2);
});
