import type { Administration } from '../administration/administration.ts';
import { sleep } from '../concurrency/sleep.ts';
import { openTextStream } from '../http/byte-stream.ts';
import { Problem } from '../model/problem.ts';
import type { Activity } from './activity.ts';
import type { Html } from './html.ts';

const maxViewers = 32;
const gatherMs = 1_000;
const heartbeatMs = 15_000;

/** Parts of a page that change with what they tell of, each by the id of its place. */
export type Regions = Record<string, Html>;

/** Ids of the regions that the layout has places for: the line under the title, and the buttons beside it. */
export const leadRegion = 'page-lead';
export const actionsRegion = 'page-actions';

/** Sends the regions of a page as they change. */
export interface Live {
  stream(session: string, render: () => Promise<Regions>): ReadableStream<Uint8Array>;
}

/**
 * Server-sent events (HTML Living Standard 9.2): each is named `region` and carries `{ id, html }`, sent only when it
 * changed. A stream ends with its session.
 */
export function createLive({
  administration,
  activity,
}: {
  administration: Pick<Administration, 'signIn'>;
  activity: Activity;
}): Live {
  let viewers = 0;

  async function* changes(
    session: string,
    render: () => Promise<Regions>,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    const sent = new Map<string, string>();
    viewers++;
    try {
      yield 'retry: 3000\n\n';
      while (!signal.aborted && (await administration.signIn.verify(session))) {
        const version = activity.version();
        let events = '';
        for (const [id, region] of Object.entries(await orNothing(render))) {
          const text = String(await region);
          if (sent.get(id) !== text)
            events += `event: region\ndata: ${JSON.stringify({ id, html: text })}\n\n`;
          sent.set(id, text);
        }
        yield events || ': still here\n\n';
        if (activity.version() === version)
          await activity.next(AbortSignal.any([signal, AbortSignal.timeout(heartbeatMs)]));
        await sleep(gatherMs, signal);
      }
    } finally {
      viewers--;
    }
  }

  return {
    stream(session, render) {
      if (viewers >= maxViewers) throw tooMany();
      return openTextStream((signal) => changes(session, render, signal));
    },
  };
}

/** Where the events of a page are; with the question of its address, as that may choose what it shows. */
export function eventsPath(path: string): string {
  return path === '/' || path.startsWith('/?') ? `/events${path.slice(1)}` : `/events${path}`;
}

/** What the page is about may be removed while it is looked at: then nothing in it changes any more. */
async function orNothing(render: () => Promise<Regions>): Promise<Regions> {
  try {
    return await render();
  } catch (error) {
    if (error instanceof Problem && error.kind === 'not-found') return {};
    throw error;
  }
}

function tooMany(): Problem {
  return new Problem({
    code: 'live.too-many',
    kind: 'busy',
    title: 'Too many live views are open',
    remedy: 'Close some; this page works without, by reloading.',
    retry: 'later',
  });
}
