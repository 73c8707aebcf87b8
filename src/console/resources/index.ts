import { Hono } from 'hono';
import type { ConsoleEnv } from '../context.ts';
import type { Live } from '../live.ts';
import { formPages } from './form.ts';
import { listPage } from './list.ts';
import { recordPage } from './record.ts';
import { removalPage } from './removal.ts';
import type { ShownResource } from './view.ts';

/** The pages of every resource: its list, and of each record its page, its form and its end. */
export function resourcePages(all: ShownResource[], live: Live): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  for (const one of all) {
    const parts = { one, all };
    // Forms before single pages, because `/servers/new` would else be taken for the server called "new".
    pages.route('/', formPages(parts));
    if (one.records.resource.single) continue;
    for (const routes of [listPage(parts, live), removalPage(one), recordPage(parts, live)])
      pages.route('/', routes);
  }
  return pages;
}
