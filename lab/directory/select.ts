import { GraphError } from '../graph/errors.ts';
import { badRequest } from './errors.ts';

/** `$select` of an object; everything where it is not given. Throws 400 for a property that there is not. */
export function selected(value: object, query: URLSearchParams, type: string): object {
  const select = query.get('$select');
  if (select === null) return value;
  const names = select.split(',').map((name) => name.trim());
  for (const name of names)
    if (!(name in value))
      throw new GraphError(
        400,
        'BadRequest',
        `Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      );
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}

/** Refuses what the stand-in would else pass over in silence. */
export function onlyOptions(query: URLSearchParams, known: string[]): void {
  for (const name of query.keys())
    if (!known.includes(name)) throw badRequest(`The query option '${name}' is not covered here.`);
}

/** `$filter` as comparisons of text with `eq`, joined by `and`. Throws 400 for any other. */
export function filtered<T>(values: T[], query: URLSearchParams, known: string[]): T[] {
  const filter = query.get('$filter');
  if (filter === null) return values;
  const terms = filter.split(/\s+and\s+/).map((term) => {
    const [, name = '', value = ''] = /^(\w+) eq '((?:[^']|'')*)'$/.exec(term.trim()) ?? [];
    if (!known.includes(name))
      throw new GraphError(400, 'Request_UnsupportedQuery', `Unsupported property filter clause '${term}'.`);
    return [name, value.replaceAll("''", "'")] as const;
  });
  return values.filter((one) =>
    terms.every(([name, value]) => (one as Record<string, unknown>)[name] === value),
  );
}
