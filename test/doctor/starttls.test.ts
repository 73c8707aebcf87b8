import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { askForTls } from '../../src/doctor/starttls.ts';
import { mailServer } from '../store/fixtures.ts';

const dialogue = { command: 'STLS', passedOver: /^$/, agreement: /^\+OK\b/i };

test('a server that resets the connection fails the question for TLS, and nothing else', async (t) => {
  for (const greeting of ['', '+OK ready\r\n']) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(greeting, () => setTimeout(() => socket.resetAndDestroy(), 20));
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    await assert.rejects(askForTls(socket, mailServer(), dialogue), { code: 'ECONNRESET' });
  }
});
