import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { openSocket, secureSocket } from '../network/connect.ts';
import { trustFor } from '../network/trust.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { StarttlsDialogue } from '../sources/source.ts';
import { askForTls } from './starttls.ts';

const patienceMs = 15_000;

/**
 * A connection to the mail server, through the proxy if there is one; its end, with `ETIMEDOUT`, when nothing happens for
 * 15 s. Throws what `connect.ts` throws.
 */
export async function connectTcp(server: MailServer): Promise<Socket> {
  const socket = await openSocket(server, { connectMs: patienceMs });
  socket.setTimeout(patienceMs, () => {
    socket.destroy(Object.assign(new Error('Nothing came for too long'), { code: 'ETIMEDOUT' }));
  });
  return socket;
}

/** An encrypted connection whose certificate was verified; throws the same, or a Problem about the trust. */
export async function connectEncrypted(
  server: MailServer,
  starttls: StarttlsDialogue | undefined,
): Promise<TLSSocket> {
  const trust = trustFor(server);
  const socket = await connectTcp(server);
  try {
    if (server.security === 'starttls') await askForTls(socket, server, starttls);
    return await secureSocket(socket, server, trust, { connectMs: patienceMs });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
