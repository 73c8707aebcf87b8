import { Hono } from 'hono';
import { Problem } from '../model/problem.ts';
import { clientAddress } from './client-address.ts';
import { problemResponse } from './problem-response.ts';
import { readSession } from './session.ts';

/**
 * For those who watch over the process:
 * - `/healthz`: 200 while the process answers;
 * - `/readyz`: 200 once `ready` says so, 503 before and while stopping;
 * - `/metrics`: Prometheus text. It names mailboxes, so it is for this machine alone, asked directly and not
 *   through a proxy, and for browsers with a session.
 */
export function createHealth({
  ready,
  metrics,
  verifySession,
}: {
  ready: () => boolean | Promise<boolean>;
  /** The registry's text and its media type. */
  metrics: () => Promise<{ contentType: string; text: string }>;
  verifySession: (session: string) => Promise<boolean>;
}): Hono {
  return new Hono()
    .get('/healthz', (c) => c.text('alive\n'))
    .get('/readyz', async (c) => ((await ready()) ? c.text('ready\n') : c.text('not ready\n', 503)))
    .get('/metrics', async (c) => {
      const session = readSession(c);
      const local =
        isLoopback(clientAddress(c)) && !c.req.header('forwarded') && !c.req.header('x-forwarded-for');
      if (!local && !(session && (await verifySession(session)))) return problemResponse(notFromHere());
      const { contentType, text } = await metrics();
      return c.body(text, 200, { 'content-type': contentType });
    });
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function notFromHere(): Problem {
  return new Problem({
    code: 'metrics.not-local',
    kind: 'unauthenticated',
    title: 'The metrics are given to this machine only',
    remedy: 'Ask for /metrics on the machine itself (https://127.0.0.1), or sign in with the browser first.',
  });
}
