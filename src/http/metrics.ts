import { createServer } from 'node:http';
import { startListening } from './listening.ts';

/** The registry's text and its media type. */
export type GiveMetrics = () => Promise<{ contentType: string; text: string }>;

/** Prometheus keeps one connection. */
const maxConnections = 16;
/** A page of another site that has its name point to this machine (DNS rebinding) still says its own name. */
const ownHost = /^(127\.0\.0\.1|localhost)(:\d+)?$/i;

/**
 * Gives the metrics by HTTP to whoever asks on this machine: listens at 127.0.0.1 only, and has nothing else. Throws
 * `listen.*`.
 */
export async function serveMetrics(metrics: GiveMetrics, port: number): Promise<{ stop(): Promise<void> }> {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, async (request, response) => {
    const { method, url, headers } = request;
    if (method !== 'GET' || url !== '/metrics' || !ownHost.test(headers.host ?? '')) {
      response.writeHead(404).end();
      return;
    }
    try {
      const { contentType, text } = await metrics();
      response.writeHead(200, { 'content-type': contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
  server.maxConnections = maxConnections;
  server.setTimeout(10_000);
  await startListening(server, { host: '127.0.0.1', port }, 'metrics');
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
