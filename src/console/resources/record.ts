import { Hono } from 'hono';
import { html } from 'hono/html';
import { fieldsOf } from '../../resources/resource.ts';
import { headingOf } from '../../resources/titles.ts';
import type { ConsoleEnv } from '../context.ts';
import { signedInPage } from '../layout.ts';
import { recordFacts } from './facts.ts';
import { elsewhere, type FormParts } from './form-page.ts';
import { readReferences } from './references.ts';
import { asJson } from './view.ts';

/** The page of a record: what it says, the ways to change and to delete it, and what is peculiar to its resource. */
export function recordPage({ one, all }: FormParts): Hono<ConsoleEnv> {
  const { records, view } = one;
  const { resource } = records;
  const list = `/${resource.path}`;
  return new Hono<ConsoleEnv>().get(`${list}/:id`, async (c) => {
    const record = await records.get(c.req.param('id'));
    const [own, references] = await Promise.all([
      view.page?.(c, record),
      readReferences(fieldsOf(resource), all),
    ]);
    const lead = own?.lead ?? view.detailOf?.(record);
    return c.html(
      signedInPage(c, {
        title: record.name,
        parent: { href: list, label: headingOf(resource) },
        ...(lead !== undefined && { lead }),
        actions: html`${own?.actions}<a class="button" href="${list}/${record.id}/edit">Edit</a>`,
        content: html`
          ${own?.above}
          <section class="card">
            <h2>Settings</h2>
            ${recordFacts(resource, asJson(record), references, elsewhere(one, record))}
          </section>
          ${own?.below}
          <p class="end">
            <a class="quiet danger-text" href="${list}/${record.id}/delete">Delete this ${resource.noun}</a>
          </p>`,
      }),
    );
  });
}
