import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Credentials } from './identity.ts';
import { openPort, type Port } from './port.ts';

/** What may stand at a port in the place of the server that is expected there. */

/** A port that leads to another of this machine, until something else becomes of it. */
export function openPassage(to: number): Promise<Port> {
  return openPort(passTo(to));
}

export function passTo(port: number): (socket: Socket) => void {
  return (socket) => join(socket, connect(port, '127.0.0.1'));
}

/** The same, by something on the way that takes out the offer to encrypt, as some firewalls do. */
export function withoutStarttls(port: number): (socket: Socket) => void {
  return (socket) => {
    const server = connect(port, '127.0.0.1');
    const hide = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        done(null, Buffer.from(chunk.toString('latin1').replace(/STARTTLS|STLS/g, hidden), 'latin1'));
      },
    });
    server.pipe(hide).pipe(socket);
    socket.pipe(server);
    endTogether(socket, server);
  };
}

const hidden = (word: string) => 'X'.repeat(word.length);

/** TLS from the first byte, where a greeting in the clear is expected. */
export function inTls(port: number, credentials: Credentials): (socket: Socket) => void {
  return (socket) => {
    const encrypted = new TLSSocket(socket, { isServer: true, ...credentials });
    join(encrypted, connect(port, '127.0.0.1'));
  };
}

/** HTTP without TLS. */
export function plainHttp(): (socket: Socket) => void {
  const server = createServer((_request, response) => response.writeHead(400).end('Bad Request'));
  return (socket) => void server.emit('connection', socket);
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  endTogether(one, other);
}

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const)
    socket.on('error', () => {}).once('close', () => peer.destroy());
}
