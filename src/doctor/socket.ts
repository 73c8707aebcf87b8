import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { trustFor } from '../network/trust.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { StarttlsDialogue } from '../sources/source.ts';
import { askForTls } from './starttls.ts';

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
export async function connectEncrypted(
  server: MailServer,
  starttls: StarttlsDialogue | undefined,
): Promise<TLSSocket> {
  const trust = trustFor(server);
  const socket = await connectTcp(server);
  try {
    if (server.security === 'starttls') await askForTls(socket, server, starttls);
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
