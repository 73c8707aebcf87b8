import { Hono } from 'hono';
import { sleep } from '../concurrency/sleep.ts';
import { openTextStream, unbuffered } from '../http/byte-stream.ts';
import { Problem } from '../model/problem.ts';
import type { ConsoleEnv, PageDeps } from './context.ts';
import type { Html } from './html.ts';

const maxViewers = 32;
const gatherMs = 1_000;
const heartbeatMs = 15_000;

/**
 * `/events`: the parts of a page that live, as server-sent events (HTML Living Standard 9.2): each is named
 * `region` and carries `{ id, html }`, sent only when it changed. Ends with the session.
 */
export function liveRoutes(
  { administration, activity }: PageDeps,
  renderRegions: () => Promise<Record<string, Html>>,
): Hono<ConsoleEnv> {
  let viewers = 0;

  async function* regions(session: string, signal: AbortSignal): AsyncGenerator<string> {
    const sent = new Map<string, string>();
    viewers++;
    try {
      yield 'retry: 3000\n\n';
      while (!signal.aborted && (await administration.signIn.verify(session))) {
        const version = activity.version();
        let changes = '';
        for (const [id, region] of Object.entries(await renderRegions())) {
          const html = String(await region);
          if (sent.get(id) !== html) changes += `event: region\ndata: ${JSON.stringify({ id, html })}\n\n`;
          sent.set(id, html);
        }
        yield changes || ': still here\n\n';
        if (activity.version() === version)
          await activity.next(AbortSignal.any([signal, AbortSignal.timeout(heartbeatMs)]));
        await sleep(gatherMs, signal);
      }
    } finally {
      viewers--;
    }
  }

  return new Hono<ConsoleEnv>().get('/events', (c) => {
    if (viewers >= maxViewers)
      throw new Problem({
        code: 'live.too-many',
        kind: 'busy',
        title: 'Too many live views are open',
        remedy: 'Close some; this page works without, by reloading.',
        retry: 'later',
      });
    return c.body(
      openTextStream((signal) => regions(c.get('session'), signal)),
      200,
      { 'content-type': 'text/event-stream', ...unbuffered },
    );
  });
}
