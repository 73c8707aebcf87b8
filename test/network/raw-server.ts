import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import type { localCertificates } from '../sources/setting.ts';

export interface RawServer {
  url: URL;
  connections(): number;
  open(): number;
}

export type Certificates = Awaited<ReturnType<typeof localCertificates>>;

/** A server of bytes, which writes to the connection what it likes for each request that comes on it, counted from 1. */
export async function startRawServer(
  t: TestContext,
  certificates: Certificates | null,
  answer: (socket: Socket, request: number) => void,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    connections++;
    sockets.add(socket);
    let requests = 0;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      if (/^(GET|POST) /.test(data.toString('latin1'))) answer(socket, ++requests);
    });
  };
  const server =
    certificates === null
      ? createServer(serve)
      : createTlsServer(
          { cert: readFileSync(certificates.certFile), key: readFileSync(certificates.keyFile) },
          serve,
        );
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const url = new URL(`${certificates === null ? 'http' : 'https'}://127.0.0.1:${port}/`);
  return { url, connections: () => connections, open: () => sockets.size };
}

/** Writes the same again and again, until the other side has had enough. */
export function repeat(socket: Socket, piece: string | Buffer, milliseconds = 2): void {
  const timer = setInterval(() => socket.write(piece), milliseconds);
  socket.on('close', () => clearInterval(timer));
}

/** Over TLS the reset is one of the handle below, which Node does not give out: the end without a goodbye will do. */
export function reset(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
