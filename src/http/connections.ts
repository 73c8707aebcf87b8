import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { BlockList, Socket } from 'node:net';
import { customerNetwork, plainAddress } from '../network/networks.ts';
import { isTrusted } from './client-address.ts';
import type { Limits } from './limits.ts';

/** A connection, from before its TLS handshake. */
export interface Connection {
  /** Above TLS, once there is one. */
  socket: Socket;
  /** Its other end, counted as {@link customerNetwork} does. */
  readonly network: string;
  /** Of a trusted proxy, which speaks for many clients. */
  readonly proxy: boolean;
  /** The request under way; null while it is idle. */
  request: IncomingMessage | null;
  /** Whose request it is: the network of its client. */
  client: string;
}

export interface Connections {
  /** Those there are, the oldest first. */
  all(): Iterable<Connection>;
  /** That of a socket of a request; undefined once it is closed. */
  of(socket: Socket): Connection | undefined;
  /** Ends idle connections and live views now, and the others once they have their answer. */
  drain(): void;
  /** Whether {@link drain} was called. */
  draining(): boolean;
}

/**
 * Knows every connection and what it is doing, and bounds how many there are, for each address and in all. When a new
 * one is too much, an idle one gives way: silent connections cannot shut the door, neither to their own address nor,
 * as those of the address that holds most go first, to others. A server that stops need not wait for idle ones
 * either: `server.close()` waits for those that never asked anything, as browsers open in advance.
 */
export function trackConnections(
  server: Server,
  limits: Pick<Limits, 'connections' | 'connectionsOfAddress'>,
  proxies: BlockList,
): Connections {
  const byKey = new Map<string, Connection>();
  const byNetwork = new Map<string, Set<Connection>>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    const network = customerNetwork(address);
    const connection = {
      socket,
      network,
      proxy: isTrusted(address, proxies),
      request: null,
      client: network,
    };
    const key = keyOf(socket);
    const ofNetwork = byNetwork.get(network) ?? new Set();
    byKey.set(key, connection);
    byNetwork.set(network, ofNetwork.add(connection));
    socket.once('close', () => {
      byKey.delete(key);
      ofNetwork.delete(connection);
      if (ofNetwork.size === 0) byNetwork.delete(network);
    });
    if (draining) socket.destroy();
    else if (!connection.proxy && ofNetwork.size > limits.connectionsOfAddress)
      (oldestIdle(ofNetwork, connection) ?? connection).socket.destroy();
    else if (byKey.size > limits.connections) whoGivesWay(byNetwork, connection).socket.destroy();
  });
  server.on('secureConnection', (socket) => {
    const connection = byKey.get(keyOf(socket));
    if (connection) connection.socket = socket;
  });

  return {
    all: () => byKey.values(),
    of: (socket) => byKey.get(keyOf(socket)),
    drain() {
      draining = true;
      for (const { socket, request } of byKey.values())
        if (request === null || isLiveView(request)) socket.destroy();
    },
    draining: () => draining,
  };
}

/** The one that makes room for a new one: of the network that holds most, idle if there is such a one. */
function whoGivesWay(networks: ReadonlyMap<string, Set<Connection>>, added: Connection): Connection {
  let most = networks.get(added.network) ?? new Set<Connection>();
  const own = most.size;
  for (const one of networks.values()) if (one.size > most.size) most = one;
  const idle = oldestIdle(most, added);
  if (idle) return idle;
  for (const one of networks.values()) {
    const other = oldestIdle(one, added);
    if (other) return other;
  }
  const [oldest = added] = most;
  return most.size > own ? oldest : added;
}

function oldestIdle(connections: Iterable<Connection>, added: Connection): Connection | undefined {
  for (const connection of connections)
    if (connection.request === null && connection !== added) return connection;
  return undefined;
}

/** TLS makes a socket of its own over the one that was accepted; the ends are the same. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

/** Server-sent events never end by themselves; the browser comes back when the server does. */
function isLiveView({ headers }: IncomingMessage): boolean {
  return headers.accept === 'text/event-stream';
}
