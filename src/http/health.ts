import { Hono } from 'hono';
import { Problem } from '../model/problem.ts';
import type { GiveMetrics } from './metrics.ts';
import { problemResponse } from './problem-response.ts';
import { readSession } from './session.ts';

/**
 * For those who watch over the process:
 * - `/healthz`: 200 while the process answers;
 * - `/readyz`: 200, or 503 and why not in a few words: before it is ready, while stopping, and while the store is in trouble;
 * - `/metrics`: Prometheus text. It names mailboxes, so it is for browsers with a session; from where a request comes
 *   says nothing, as a proxy on this machine need not say that it is one. Prometheus has a port of its own.
 */
export function createHealth({
  notReady,
  metrics,
  verifySession,
}: {
  notReady: () => string | null;
  metrics: GiveMetrics;
  verifySession: (session: string) => Promise<boolean>;
}): Hono {
  return new Hono()
    .get('/healthz', (c) => c.text('alive\n'))
    .get('/readyz', (c) => {
      const reason = notReady();
      return reason === null ? c.text('ready\n') : c.text(`not ready: ${reason}\n`, 503);
    })
    .get('/metrics', async (c) => {
      const session = readSession(c);
      if (session === undefined || !(await verifySession(session))) return problemResponse(notSignedIn());
      const { contentType, text } = await metrics();
      return c.body(text, 200, { 'content-type': contentType });
    });
}

function notSignedIn(): Problem {
  return new Problem({
    code: 'metrics.not-signed-in',
    kind: 'unauthenticated',
    title: 'The metrics are given to signed-in administrators',
    remedy:
      'Sign in with the browser first. For Prometheus set metrics.port (LETTERBOX_METRICS_PORT) and scrape http://127.0.0.1 at that port.',
  });
}
