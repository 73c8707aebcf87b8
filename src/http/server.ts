import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Config } from '../config/config.ts';
import { Problem } from '../model/problem.ts';
import type { Certificate } from './certificate.ts';
import type { CertificatePair } from './certificate-files.ts';
import { trackConnections } from './connections.ts';

/** How long a stop waits for requests under way, in milliseconds. */
const graceMs = 5_000;

export interface HttpsServer {
  /** The port listened on; the configured one unless that is 0. */
  readonly port: number;
  /** Takes no more requests, lets those under way end (for at most 5 seconds), and resolves. */
  stop(): Promise<void>;
}

/**
 * Serves an app over HTTPS, TLS 1.2 or newer; takes over a changed certificate without dropping a
 * connection. Resolves once it listens; throws `listen.*` when the address cannot be had.
 */
export async function serveHttps({
  app,
  listen,
  certificate,
}: {
  app: Hono;
  listen: Config['listen'];
  certificate: Certificate;
}): Promise<HttpsServer> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    serverOptions: {
      ...tlsOptions(certificate.current()),
      maxHeaderSize: 32 * 1024,
      headersTimeout: 15_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 15_000,
    },
  }) as Server;
  server.maxConnections = 2_000;
  const unwatch = certificate.onChange((pair) => server.setSecureContext(tlsOptions(pair)));
  const connections = trackConnections(server);
  await startListening(server, listen);

  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      unwatch();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.drain();
      const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
      return closed.finally(() => clearTimeout(impatience));
    },
  };
}

function tlsOptions({ certificate, key }: CertificatePair) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' as const };
}

function startListening(server: Server, { host, port }: Config['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explainListen(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function explainListen(error: NodeJS.ErrnoException, host: string, port: number): Problem {
  const address = `${host}, port ${port}`;
  if (error.code === 'EADDRINUSE')
    return new Problem(
      {
        code: 'listen.in-use',
        kind: 'machine',
        title: 'Another program already listens at this address',
        detail: address,
        remedy: 'Stop the other program, or set listen.port (LETTERBOX_LISTEN_PORT) to a free port.',
      },
      error,
    );
  if (error.code === 'EACCES')
    return new Problem(
      {
        code: 'listen.forbidden',
        kind: 'machine',
        title: 'The system does not let Letterbox listen at this address',
        detail: address,
        cause: 'Ports below 1024 need a privilege.',
        remedy: 'Set listen.port to 1024 or above, or give the service CAP_NET_BIND_SERVICE.',
      },
      error,
    );
  return new Problem(
    {
      code: 'listen.impossible',
      kind: 'machine',
      title: 'Letterbox cannot listen at this address',
      detail: `${address} (${error.code})`,
      remedy: 'Set listen.host to an address of this machine, such as 0.0.0.0 for all.',
    },
    error,
  );
}
