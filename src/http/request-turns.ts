import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockList, Socket } from 'node:net';
import { Problem } from '../model/problem.ts';
import { customerNetwork } from '../network/networks.ts';
import { addressOf } from './client-address.ts';
import type { Connections } from './connections.ts';
import type { Limits } from './limits.ts';
import { problemResponse } from './problem-response.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Hands over the requests of a connection one after the other, each when the one before is answered and its answer
 * taken, so that who sends many at once and reads nothing makes us hold one answer. Cuts a connection on which too
 * many wait; refuses what is no good request (RFC 9112 3.2), and what a client behind a trusted proxy asks beyond the
 * number that it might ask for itself.
 */
export function inTurn(
  handle: (request: IncomingMessage, response: ServerResponse, clientAddress: string) => void,
  connections: Connections,
  limits: Pick<Limits, 'requestsWaiting' | 'connectionsOfAddress'>,
  proxies: BlockList,
): Listener {
  const waiting = new WeakMap<Socket, (() => void)[]>();
  const underWay = new Map<string, number>();

  function begin(request: IncomingMessage, response: ServerResponse): void {
    const address = addressOf(request, proxies);
    const client = customerNetwork(address);
    const connection = connections.of(request.socket);
    const count = (underWay.get(client) ?? 0) + 1;
    underWay.set(client, count);
    if (connection) Object.assign(connection, { request, client });
    response.once('close', () => {
      const left = (underWay.get(client) ?? 1) - 1;
      if (left > 0) underWay.set(client, left);
      else underWay.delete(client);
      if (connection) Object.assign(connection, { request: null, client: connection.network });
      if (connections.draining()) request.socket.end();
      else next(request.socket);
    });
    if (count > limits.connectionsOfAddress) refuse(response, tooMany());
    else if (hostFields(request) > 1) refuse(response, severalHosts());
    else handle(request, response, address);
  }

  /** The first in the list is the one under way. After the last answer of a connection it is no longer writable. */
  function next(socket: Socket): void {
    const list = waiting.get(socket);
    list?.shift();
    if (socket.writable) list?.[0]?.();
  }

  return (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const list = waiting.get(socket) ?? [];
    waiting.set(socket, list);
    if (list.length > limits.requestsWaiting) {
      socket.destroy();
      return;
    }
    list.push(() => begin(request, response));
    if (list.length === 1) list[0]?.();
  };
}

function hostFields({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
}

/** Before the app sees it: what follows on the connection cannot be trusted either. */
function refuse(response: ServerResponse, problem: Problem): void {
  const { status, headers } = problemResponse(problem);
  response.writeHead(status, { ...Object.fromEntries(headers), connection: 'close' });
  response.end(JSON.stringify(problem));
}

function severalHosts(): Problem {
  return new Problem({
    code: 'request.host',
    kind: 'usage',
    title: 'The request names more than one host',
    remedy: 'Send one Host field (RFC 9112 3.2).',
  });
}

function tooMany(): Problem {
  return new Problem({
    code: 'request.too-many',
    kind: 'rate-limited',
    title: 'Too many requests of this address are under way',
    remedy: 'Wait until some of them are answered.',
    retry: 'later',
  });
}
