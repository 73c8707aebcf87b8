import type { Hono } from 'hono';
import { html } from 'hono/html';
import { fieldsOf } from '../../resources/resource.ts';
import { headingOf } from '../../resources/titles.ts';
import type { ConsoleEnv } from '../context.ts';
import { signedInPage } from '../layout.ts';
import { actionsRegion, type Live, leadRegion } from '../live.ts';
import { livePage } from '../live-page.ts';
import { recordFacts } from './facts.ts';
import { elsewhere, type FormParts } from './form-page.ts';
import { readReferences } from './references.ts';
import { asJson } from './view.ts';

/** The page of a record: what it says, the ways to change and to delete it, and what is peculiar to its resource. */
export function recordPage({ one, all }: FormParts, live: Live): Hono<ConsoleEnv> {
  const { records, view } = one;
  const { resource } = records;
  const list = `/${resource.path}`;
  return livePage(live, {
    path: `${list}/:id`,
    load: (c) => records.get(c.req.param('id') ?? ''),
    async regions(c, record) {
      const [own, references] = await Promise.all([
        view.page?.(c, record),
        readReferences(fieldsOf(resource), all),
      ]);
      return {
        [leadRegion]: html`${own?.lead ?? view.detailOf?.(record)}`,
        [actionsRegion]: html`${own?.actions}<a class="button" href="${list}/${record.id}/edit">Edit</a>`,
        above: html`${own?.above}`,
        settings: html`<section class="card">
          <h2>Settings</h2>
          ${recordFacts(resource, asJson(record), references, elsewhere(one, record))}
        </section>`,
        below: html`${own?.below}`,
      };
    },
    render: (c, record, region) =>
      signedInPage(c, {
        title: record.name,
        parent: { href: list, label: headingOf(resource) },
        lead: region(leadRegion),
        actions: region(actionsRegion),
        lives: true,
        content: html`
          ${view.once?.(c, record)}
          ${region('above')}
          ${region('settings')}
          ${region('below')}
          <p class="end">
            <a class="quiet danger-text" href="${list}/${record.id}/delete">Delete this ${resource.noun}</a>
          </p>`,
      }),
  });
}
