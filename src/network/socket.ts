import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls';

/** Sockets to other machines, and TLS over them. They are opened by way of `connect.ts`, which knows the proxy. */

/** Whose certificates are believed; `rejectUnauthorized: false` is for who only looks at them. */
export interface Verification {
  rejectUnauthorized: boolean;
  secureContext?: SecureContext;
}

/** Firewalls forget connections on which nothing moves; IDLE is still for minutes. */
const keepAliveMs = 30_000;

/** What an opening is stopped with when it takes too long. */
export function tooLate(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'CONNECT_TIMEOUT' });
}

export function isTooLate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'CONNECT_TIMEOUT';
}

/** Throws Node's error, or why `stop` aborted. */
export async function openTcp(
  { host, port }: { host: string; port: number },
  stop: AbortSignal,
  lookup?: LookupFunction,
): Promise<Socket> {
  stop.throwIfAborted();
  const socket = connect({
    ...{ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    ...(lookup && { lookup }),
  });
  return reached(socket, 'connect', stop);
}

/** TLS over an open connection to a host: its certificate is verified by that name. Events tell how it goes. */
export function startTls(socket: Socket, host: string, verification: Verification): TLSSocket {
  const name = isIP(host) > 0 ? {} : { servername: host };
  const secured = tlsConnect({ socket, host, ...name, ...verification });
  socket.once('error', (error) => secured.destroy(error));
  return secured;
}

/** The same, once the handshake is done. Throws Node's error, or why `stop` aborted. */
export async function secure(
  socket: Socket,
  host: string,
  verification: Verification,
  stop: AbortSignal,
): Promise<TLSSocket> {
  try {
    return await reached(startTls(socket, host, verification), 'secureConnect', stop);
  } catch (error) {
    socket.destroy();
    throw isTooLate(error)
      ? Object.assign(new Error('no handshake in time'), { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' })
      : error;
  }
}

/** Waits for what a socket tells. Where something else comes first, the socket is destroyed, and what came is thrown. */
async function reached<S extends Socket>(socket: S, event: string, stop: AbortSignal): Promise<S> {
  // Whoever takes it over listens a moment later
  socket.on('error', () => {});
  const over = new AbortController();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const abort = () => reject(stop.reason);
  const close = () => reject(socket.errored ?? closedEarly());
  if (stop.aborted) abort();
  stop.addEventListener('abort', abort, { once: true });
  socket.once('close', close);
  try {
    await Promise.race([once(socket, event, { signal: over.signal }), failed]);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    over.abort();
    stop.removeEventListener('abort', abort);
    socket.off('close', close);
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('The connection was closed'), { code: 'ECONNRESET' });
}
