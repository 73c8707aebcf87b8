import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';

/** A connection that says nothing of its own accord, and is known to be closed. */
export interface RawConnection {
  socket: Socket;
  /** Resolves once it is closed, from whichever end. */
  closed: Promise<void>;
  isClosed(): boolean;
}

/** Without a TLS handshake. */
export function knock(t: TestContext, port: number, from = '127.0.0.1'): Promise<RawConnection> {
  return open(t, connectPlain({ host: '127.0.0.1', port, localAddress: from }), 'connect');
}

/** After the handshake. */
export function shakeHands(t: TestContext, port: number, from = '127.0.0.1'): Promise<RawConnection> {
  const socket = connectPlain({ host: '127.0.0.1', port, localAddress: from });
  return open(t, connect({ socket, rejectUnauthorized: false }), 'secureConnect');
}

async function open(t: TestContext, socket: Socket, ready: string): Promise<RawConnection> {
  t.after(() => socket.destroy());
  let done = false;
  const closed = new Promise<void>((resolve) =>
    socket.once('close', () => {
      done = true;
      resolve();
    }),
  );
  // A reset is an end like any other.
  socket.on('error', () => {});
  // Else an end would not be seen.
  socket.resume();
  await Promise.race([once(socket, ready), closed]);
  return { socket, closed, isClosed: () => done };
}

/** All that comes until the server ends the connection. */
export async function readAll({ socket, closed }: RawConnection): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (data) => {
    text += data;
  });
  socket.resume();
  await closed;
  return text;
}
