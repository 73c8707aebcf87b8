import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Config } from '../config/config.ts';
import { networkList } from '../network/networks.ts';
import type { Log } from '../telemetry/log.ts';
import { logUnexpected } from './app.ts';
import type { Certificate } from './certificate.ts';
import type { CertificatePair } from './certificate-files.ts';
import { trackConnections } from './connections.ts';
import { limits as usualLimits } from './limits.ts';
import { startListening } from './listening.ts';
import { inTurn } from './request-turns.ts';
import type { ServerEnv } from './server-env.ts';
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
  log,
  limits = usualLimits,
}: {
  app: Hono;
  listen: Config['listen'];
  certificate: Certificate;
  log: Log;
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
    const environment: ServerEnv = {
      clientAddress,
      cut(error) {
        logUnexpected(log, error);
        response.destroy();
      },
    };
    getRequestListener((fetched) => app.fetch(fetched, environment))(request, response);
  };
  server.on('request', inTurn(answer, connections, limits, proxies));
  const unwatch = certificate.onChange((pair) => server.setSecureContext(tlsOptions(pair)));
  await startListening(server, listen, 'listen');

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
