import type { Connection, Connections } from './connections.ts';
import type { Limits } from './limits.ts';

/** How often it is looked at by itself, in milliseconds. */
const lookMs = 1_000;

/**
 * Bounds what is ready for clients and not taken by them. A connection of whose answer nothing is taken for a while is
 * cut; the time does not run while something is taken, however slowly. When there is too much in all, those whose
 * client holds most are cut first, so that slow readers among others are left alone.
 */
export function watchUnread(
  connections: Pick<Connections, 'all'>,
  limits: Pick<Limits, 'unreadMs' | 'unreadBytes'>,
): { look(): void; close(): void } {
  const timed = new WeakSet<Connection>();

  function look(): void {
    const held: Connection[] = [];
    for (const connection of connections.all()) {
      const { socket, request } = connection;
      const unread = socket.writableLength > 0;
      if (unread) held.push(connection);
      if (unread === timed.has(connection)) continue;
      // Node looks at what was taken when the time is over, and begins it anew (net.Socket, `_onTimeout`).
      if (unread) {
        timed.add(connection);
        socket.setTimeout(limits.unreadMs);
      } else {
        timed.delete(connection);
        // An idle one has Node's own time until the next request.
        if (request !== null) socket.setTimeout(0);
      }
    }
    cutLargest(held, limits.unreadBytes);
  }

  const timer = setInterval(look, lookMs).unref();
  return { look, close: () => clearInterval(timer) };
}

function cutLargest(held: Connection[], most: number): void {
  const byClient = Map.groupBy(held, ({ client }) => client);
  const bytes = (list: Connection[]) => list.reduce((sum, { socket }) => sum + socket.writableLength, 0);
  let excess = bytes(held) - most;
  if (excess <= 0) return;
  const clients = [...byClient.values()].toSorted((a, b) => bytes(b) - bytes(a));
  for (const { socket } of clients.flat()) {
    if (excess <= 0) return;
    excess -= socket.writableLength;
    socket.destroy();
  }
}
