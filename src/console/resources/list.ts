import type { Hono } from 'hono';
import { html } from 'hono/html';
import { fieldsOf, type Resource, type ResourceRecord } from '../../resources/resource.ts';
import type { Unreadable } from '../../resources/stored.ts';
import { capitalised, headingOf, withArticle } from '../../resources/titles.ts';
import { titleCell } from '../components/cell.ts';
import { emptyState } from '../components/empty.ts';
import { icon } from '../components/icon.ts';
import { problemPanel } from '../components/problem.ts';
import { table } from '../components/table.ts';
import type { ConsoleEnv } from '../context.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { actionsRegion, type Live, leadRegion } from '../live.ts';
import { livePage } from '../live-page.ts';
import { factValue } from './facts.ts';
import type { FormParts } from './form-page.ts';
import { readReferences } from './references.ts';
import { asJson, type RecordColumn, type ShownResource } from './view.ts';

/** The records of a resource, those that cannot be read too. */
export function listPage(parts: FormParts, live: Live): Hono<ConsoleEnv> {
  const { records, view } = parts.one;
  const { resource } = records;
  const path = `/${resource.path}`;
  return livePage(live, {
    path,
    load: () => records.all(),
    regions: async (_c, { records: readable, unreadable }) => ({
      [leadRegion]: html`${view.lead}`,
      [actionsRegion]: html`<a class="button primary" href="${path}/new">
        ${icon('plus')}Add ${withArticle(resource.noun)}</a>`,
      records: html`
        ${unreadable.map((one) => renderUnreadable(path, one))}
        ${readable.length > 0 ? await renderRecords(parts, readable) : unreadable.length === 0 && (await renderEmpty(parts))}`,
    }),
    render: (c, _records, region) =>
      signedInPage(c, {
        title: headingOf(resource),
        ...(view.lead !== undefined && { lead: region(leadRegion) }),
        actions: region(actionsRegion),
        lives: true,
        content: region('records'),
      }),
  });
}

async function renderRecords(parts: FormParts, all: ResourceRecord[]): Promise<Html> {
  const { records, view } = parts.one;
  const { resource } = records;
  const columns = (await view.columns?.()) ?? (await fieldColumns(parts));
  return html`<div class="card">${table(
    headingOf(resource),
    [{ label: capitalised(resource.noun) }, ...columns],
    all.map((record) => [
      titleCell(`/${resource.path}/${record.id}`, record.name, view.detailOf?.(record) ?? ''),
      ...columns.map(({ cell }) => cell(record)),
    ]),
  )}</div>`;
}

/** The columns that the fields themselves have. */
async function fieldColumns({ one, all }: FormParts): Promise<RecordColumn[]> {
  const fields = fieldsOf(one.records.resource);
  const references = await readReferences(fields, all);
  return Object.entries(fields).flatMap(([name, field]) => {
    if (field.column === undefined) return [];
    const label = capitalised(field.column.toLowerCase());
    const cell = (record: ResourceRecord) => {
      const value = asJson(record)[name];
      return value === undefined ? null : factValue(field, value, references);
    };
    return [{ label, cell }];
  });
}

/** What cannot be read stops no other; it is named with the reason, and can be deleted. */
function renderUnreadable(list: string, { id, name, problem }: Unreadable): Html {
  return html`<section class="unreadable" aria-label="${name}">${problemPanel(
    problem.toJSON(),
    html`<a class="button" href="${list}/${id}/delete">Delete ${name}</a>`,
  )}</section>`;
}

/** In place of the list: what to do first. */
async function renderEmpty({ one, all }: FormParts): Promise<Html> {
  const { records, view } = one;
  const { resource } = records;
  const needed = await missingFor(resource, all);
  const wanted = needed ?? resource;
  return emptyState({
    picture: view.picture,
    title: `No ${resource.title} yet`,
    text: needed
      ? `${capitalised(withArticle(resource.noun))} needs ${withArticle(needed.title)}. Add that first.`
      : (view.empty ?? 'Add the first.'),
    action: { href: `/${wanted.path}/new`, label: `Add ${withArticle(wanted.title)}` },
  });
}

/** A resource whose records it cannot do without, while there are none. */
async function missingFor(resource: Resource, all: ShownResource[]): Promise<Resource | null> {
  for (const { control, when } of Object.values(resource.fields)) {
    if (control.kind !== 'reference' || control.none !== null || when) continue;
    const named = all.find(({ records }) => records.resource.type === control.to);
    if (named && (await named.records.list()).length === 0) return named.records.resource;
  }
  return null;
}
