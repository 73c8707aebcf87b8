import { type Json, Malformed } from '../../network/graph.ts';
import { Paging } from '../paging.ts';
import type { GraphClient } from './client.ts';
import { Endless } from './refusal.ts';

/** One page of a collection, with where it goes on (OData 4.01 JSON format 4.6.5). */
export interface Page {
  items: Json[];
  nextLink: string | null;
  deltaLink: string | null;
}

/** Asks for a page. Throws a Malformed for what is none. */
export async function getPage(
  client: GraphClient,
  target: string,
  options: { signal: AbortSignal; pageSize: number },
): Promise<Page> {
  const json = await client.get(target, options);
  if (!Array.isArray(json.value)) throw new Malformed('a collection without values');
  const link = (name: string) => {
    const value = json[name];
    if (typeof value !== 'string' || value === '') return null;
    // Our token goes nowhere else
    if (!isOwn(client, value)) throw new Malformed('a link to another host');
    return value;
  };
  return {
    items: json.value.filter((item) => typeof item === 'object' && item !== null),
    nextLink: link('@odata.nextLink'),
    deltaLink: link('@odata.deltaLink'),
  };
}

/** Whether a link leads to the host that we ask. */
export function isOwn({ origin }: GraphClient, link: string): boolean {
  return URL.canParse(link) && new URL(link).origin === origin;
}

/**
 * A collection, page by page, each item once; `most`: more than it can have. Throws an Endless where the pages lead on
 * without an end.
 */
export async function* everyPage(
  client: GraphClient,
  target: string,
  { most, ...options }: { signal: AbortSignal; pageSize: number; most?: number },
): AsyncGenerator<Json[]> {
  const paging = new Paging(target, most);
  for (let next: string | null = target; next !== null; ) {
    const { items, nextLink }: Page = await getPage(client, next, options);
    yield paging.fresh(items, ({ id }) => String(id));
    if (nextLink !== null && !(await paging.goesOn(nextLink, options.signal))) throw new Endless();
    next = nextLink;
  }
}
