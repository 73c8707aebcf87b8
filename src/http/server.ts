import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Config } from '../config/config.ts';
import { Problem } from '../model/problem.ts';
import { networkList } from '../network/networks.ts';
import type { Certificate } from './certificate.ts';
import type { CertificatePair } from './certificate-files.ts';
import type { ClientEnv } from './client-address.ts';
import { trackConnections } from './connections.ts';
import { limits as usualLimits } from './limits.ts';
import { inTurn } from './request-turns.ts';
import { watchUnread } from './unread-answers.ts';

/** How long a stop waits for requests under way, in milliseconds. */
const graceMs = 5_000;

/** Forward secrecy and authenticated encryption only (RFC 9325 4.1, 4.2); TLS 1.3 has nothing else. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
].join(':');

export interface HttpsServer {
  /** The port listened on; the configured one unless that is 0. */
  readonly port: number;
  /** Takes no more requests, lets those under way end (for at most 5 seconds), and resolves. */
  stop(): Promise<void>;
}

/**
 * Serves an app over HTTPS, TLS 1.2 or newer; takes over a changed certificate without dropping a
 * connection. What clients can make it hold is bounded by `limits`. Resolves once it listens; throws `listen.*` when
 * the address cannot be had.
 */
export async function serveHttps({
  app,
  listen,
  certificate,
  limits = usualLimits,
}: {
  app: Hono;
  listen: Config['listen'];
  certificate: Certificate;
  limits?: typeof usualLimits;
}): Promise<HttpsServer> {
  const proxies = networkList(listen.trustedProxies);
  const server = createServer({
    ...tlsOptions(certificate.current()),
    handshakeTimeout: limits.handshakeMs,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  const connections = trackConnections(server, limits, proxies);
  const unread = watchUnread(connections, limits);
  const answer = (request: IncomingMessage, response: ServerResponse, clientAddress: string) => {
    unread.look();
    const environment: ClientEnv = { clientAddress };
    getRequestListener((fetched) => app.fetch(fetched, environment))(request, response);
  };
  server.on('request', inTurn(answer, connections, limits, proxies));
  const unwatch = certificate.onChange((pair) => server.setSecureContext(tlsOptions(pair)));
  await startListening(server, listen);

  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      unwatch();
      unread.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.drain();
      const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
      return closed.finally(() => clearTimeout(impatience));
    },
  };
}

function tlsOptions({ certificate, key }: CertificatePair) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' as const, ciphers };
}

function startListening(
  server: Server,
  { host, port }: Pick<Config['listen'], 'host' | 'port'>,
): Promise<void> {
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
