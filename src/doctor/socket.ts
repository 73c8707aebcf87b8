import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { MailServer } from '../model/mail-server.ts';
import { trustFor } from '../network/trust.ts';

const patienceMs = 15_000;

/** A TCP connection to the mail server; throws Node's error, `ETIMEDOUT` when nothing happens for 15 s. */
export async function connectTcp(server: MailServer): Promise<Socket> {
  const socket = connect({ host: server.host, port: server.port });
  socket.setTimeout(patienceMs, () => {
    socket.destroy(Object.assign(new Error('Nothing came for too long'), { code: 'ETIMEDOUT' }));
  });
  await once(socket, 'connect');
  return socket;
}

/** An encrypted connection whose certificate was verified; throws Node's error, or a Problem about the trust. */
export async function connectEncrypted(server: MailServer): Promise<TLSSocket> {
  const trust = trustFor(server);
  const socket = await connectTcp(server);
  try {
    if (server.security === 'starttls') await askForTls(socket);
    const name = isIP(server.host) ? {} : { servername: server.host };
    const secured = connectTls({ socket, host: server.host, ...name, ...trust });
    socket.once('error', (error) => secured.destroy(error));
    await once(secured, 'secureConnect');
    return secured;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** STARTTLS (RFC 3501 6.2.1). Throws an error with `tlsFailed`, as imapflow does, when the server refuses. */
async function askForTls(socket: Socket): Promise<void> {
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  const failed = once(socket, 'close').then(() => {
    throw (
      socket.errored ?? Object.assign(new Error('The server closed the connection'), { code: 'ECONNRESET' })
    );
  });
  failed.catch(() => {});
  try {
    await Promise.race([once(lines, 'line'), failed]);
    socket.write('1 STARTTLS\r\n');
    for (;;) {
      const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
      if (line.startsWith('* ')) continue;
      if (/^1 OK\b/i.test(line)) return;
      throw Object.assign(new Error(line.replace(/^1 /, '')), { tlsFailed: true });
    }
  } finally {
    lines.close();
  }
}
