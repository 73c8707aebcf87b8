import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Knows what each connection is doing, so that a server that stops need not wait for those that do
 * nothing: `server.close()` waits for connections that never asked anything, as browsers open in advance.
 */
export function trackConnections(server: Server): { drain(): void } {
  const underWay = new Map<Socket, IncomingMessage | null>();
  let draining = false;

  server.on('secureConnection', (socket) => {
    underWay.set(socket, null);
    socket.once('close', () => underWay.delete(socket));
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    underWay.set(socket, request);
    response.once('close', () => {
      if (draining) socket.end();
      else if (underWay.has(socket)) underWay.set(socket, null);
    });
  });

  return {
    /** Ends idle connections and live views now, and the others once they have their answer. */
    drain() {
      draining = true;
      for (const [socket, request] of underWay) if (request === null || isLiveView(request)) socket.destroy();
    },
  };
}

/** Server-sent events never end by themselves; the browser comes back when the server does. */
function isLiveView({ headers }: IncomingMessage): boolean {
  return headers.accept === 'text/event-stream';
}
