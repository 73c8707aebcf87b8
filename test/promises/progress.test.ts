import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpsClient, readText } from '../../src/network/https.ts';
import { localCertificates, mailServer } from '../sources/setting.ts';

test('an answer that goes on coming may take longer than a server may be silent', async (t) => {
  const { certFile, keyFile, caPem } = await localCertificates(t);
  const silenceMs = 1_000;
  const pieces = 30;
  const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const server = createServer(certificate, async (_request, response) => {
    for (let n = 0; n < pieces; n++) {
      response.write('piece ');
      await sleep((2 * silenceMs) / pieces);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const { port } = server.address() as { port: number };
  const peer = mailServer({ protocol: 'graph', port, certificateAuthority: caPem });
  const client = createHttpsClient(peer, { connections: 1, silenceMs });
  t.after(() => client.close());
  const { body } = await client.request({ method: 'GET', target: '/', headers: {} });
  assert.equal(await readText(body, 1_000), 'piece '.repeat(pieces));
});
