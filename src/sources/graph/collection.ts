import { Paging } from '../paging.ts';
import type { GraphClient, Json } from './client.ts';
import { Malformed } from './refusal.ts';

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

/** Every item of a collection, page by page. Throws a Malformed where the pages lead on without an end. */
export async function* everyItem(
  client: GraphClient,
  target: string,
  options: { signal: AbortSignal; pageSize: number },
): AsyncGenerator<Json> {
  const paging = new Paging(target);
  const seen = new Set<unknown>();
  for (let next: string | null = target; next !== null; ) {
    const { items, nextLink }: Page = await getPage(client, next, options);
    const before = seen.size;
    for (const { id } of items) seen.add(id);
    yield* items;
    if (nextLink !== null && !(await paging.goesOn(seen.size - before, nextLink, options.signal)))
      throw new Malformed('a collection without an end');
    next = nextLink;
  }
}
