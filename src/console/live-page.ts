import { Hono } from 'hono';
import { html } from 'hono/html';
import { unbuffered } from '../http/byte-stream.ts';
import type { ConsoleContext, ConsoleEnv } from './context.ts';
import type { Html } from './html.ts';
import { actionsRegion, eventsPath, type Live, leadRegion, type Regions } from './live.ts';

/** A page whose regions live: at its path, and its events at `/events` before that. */
export interface LivePage<T> {
  path: string;
  /** Everything that it shows, as it is now. */
  load(c: ConsoleContext): Promise<T>;
  regions(c: ConsoleContext, loaded: T): Regions | Promise<Regions>;
  /** The whole; `region` puts one of them in its place. */
  render(c: ConsoleContext, loaded: T, region: (id: string) => Html): Html | Promise<Html>;
}

export function livePage<T>(live: Live, { path, load, regions, render }: LivePage<T>): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get(eventsPath(path), (c) => {
      const stream = live.stream(c.get('session'), async () => regions(c, await load(c)));
      return c.body(stream, 200, { 'content-type': 'text/event-stream', ...unbuffered });
    })
    .get(path, async (c) => {
      const loaded = await load(c);
      const shown = await regions(c, loaded);
      const region = (id: string) =>
        id === leadRegion || id === actionsRegion
          ? html`${shown[id]}`
          : html`<div id="${id}" data-region>${shown[id]}</div>`;
      return c.html(await render(c, loaded, region));
    });
}
