import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type Config, configSchema } from '../../src/config/config.ts';
import { useProxy } from '../../src/network/proxy.ts';

export interface ScriptedProxy {
  url: string;
  /** The whole of each request, as it came. */
  requests: string[];
  /** Connections that are open. */
  open(): number;
}

/** A proxy of bytes: `answer` writes to the connection what it likes once a request is there, counted from 1. */
export async function startScriptedProxy(
  t: TestContext,
  answer: (socket: Socket, request: string, count: number) => unknown,
): Promise<ScriptedProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let received = '';
    socket.on('data', function take(data) {
      received += data.toString('latin1');
      if (!received.includes('\r\n\r\n')) return;
      socket.off('data', take);
      requests.push(received);
      answer(socket, received, requests.length);
    });
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, requests, open: () => sockets.size };
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

export type ProxySettings = Partial<Config['network']['proxy']>;

/** Everything goes through this proxy until the test ends. */
export function throughProxy(t: TestContext, settings: ProxySettings): void {
  useProxy(configSchema.parse({ network: { proxy: settings } }).network.proxy);
  t.after(() => useProxy(configSchema.parse({}).network.proxy));
}

/** The answer of a proxy for which every host is this port of this machine. */
export function leadTo(port: number): (socket: Socket) => void {
  return (socket) => {
    const there = connect(port, '127.0.0.1');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    for (const [one, other] of [
      [socket, there],
      [there, socket],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.once('close', () => other.destroy());
    }
  };
}
