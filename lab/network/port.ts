import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type FilteredPort, filterPort } from './filtered.ts';

/** What becomes of connections to a port; the server behind it knows nothing of it. */
export type PortState =
  /** They reach the server. */
  | 'open'
  /** Nobody listens: RST. */
  | 'closed'
  /** As behind a firewall that drops: no answer to a SYN. */
  | 'filtered'
  /** Taken, and then nothing ever comes. */
  | 'silent'
  /** Broken off as soon as the client has sent something: its ClientHello, where that comes first. */
  | 'cut'
  /** Another server answers, whatever it speaks. */
  | ((socket: Socket) => void);

/** A port of this machine that stays the same while what is behind it changes. */
export interface Port {
  readonly port: number;
  /** How many connections came since it was made. */
  connections(): number;
  become(state: PortState): Promise<void>;
  /** Breaks every connection, and is free again. */
  stop(): Promise<void>;
}

/** Listens on loopback, on a free port, and hands each connection to `serve`. */
export async function openPort(serve: (socket: Socket) => void): Promise<Port> {
  const sockets = new Set<Socket>();
  let state: PortState = 'open';
  let filtered: FilteredPort | null = null;
  let count = 0;
  const accept = (socket: Socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    if (state === 'open') serve(socket);
    else if (typeof state === 'function') state(socket);
    else if (state === 'cut') socket.once('data', () => socket.resetAndDestroy());
  };
  let server: Server | null = createServer(accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function leave(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    const closing = server && once(server, 'close');
    server?.close();
    server = null;
    await closing;
    await filtered?.stop();
    filtered = null;
  }

  return {
    port,
    connections: () => count,
    async become(next) {
      await leave();
      state = next;
      if (next === 'closed') return;
      if (next === 'filtered') {
        filtered = await filterPort(port);
        return;
      }
      server = createServer(accept);
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: leave,
  };
}
