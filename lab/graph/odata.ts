import { GraphError, invalidRequest } from './errors.ts';
import type { Ask } from './request.ts';

const defaultPage = 10;
const largestPage = 1000;

/** Refuses what the stand-in would else pass over in silence. */
export function onlyOptions({ query }: Ask, known: string[]): void {
  for (const name of query.keys())
    if (!known.includes(name)) throw invalidRequest(`The query option '${name}' is not covered here.`);
}

/** `$select`; null for everything. Throws for a property that there is not. */
export function selected({ query }: Ask, known: readonly string[], type: string): string[] | null {
  const select = query.get('$select');
  if (select === null) return null;
  const names = select.split(',').map((name) => name.trim());
  for (const name of names)
    if (!known.includes(name))
      throw new GraphError(
        400,
        'RequestBroker--ParseUri',
        `Could not find a property named '${name}' on type '${type}'.`,
      );
  return names;
}

/** How many items a page may have. */
export function pageSize({ query, maxPageSize }: Ask): number {
  const top = query.get('$top');
  const asked = top === null ? (maxPageSize ?? defaultPage) : Number(top);
  if (!Number.isInteger(asked) || asked < 1 || (top !== null && asked > largestPage))
    throw invalidRequest(
      `Invalid value '${top}' for $top query option found. The $top query option requires a value between 1 and ${largestPage}.`,
    );
  return Math.min(asked, largestPage);
}

/** One page of a list as Graph pages mail: by `$skip`, so that what is removed meanwhile shifts the rest. */
export function page<T>(ask: Ask, items: T[], render: (item: T) => object): object {
  const { query, world, path } = ask;
  const skip = Number(query.get('$skip') ?? 0);
  const size = pageSize(ask);
  const next = new URLSearchParams(query);
  next.set('$skip', String(skip + size));
  return {
    '@odata.context': `${world.origin}/v1.0/$metadata#${path}`,
    ...(query.get('$count') === 'true' && { '@odata.count': items.length }),
    value: items.slice(skip, skip + size).map(render),
    ...(items.length > skip + size && { '@odata.nextLink': `${world.origin}/v1.0/${path}?${next}` }),
  };
}

/** A literal of OData's Edm.DateTimeOffset: without quotes, and with its zone. */
const dateTimeOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)$/;

function incompatible(operator = ''): GraphError {
  const kind = { ge: 'GreaterThanOrEqual', gt: 'GreaterThan', le: 'LessThanOrEqual', lt: 'LessThan' }[
    operator.toLowerCase()
  ];
  return new GraphError(
    400,
    'BadRequest',
    `Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind '${kind}'.`,
  );
}

/** `$orderby` as far as mail is asked for by it: 1 for the oldest first, -1 for the newest first, also by default. */
export function orderOf({ query }: Ask): 1 | -1 {
  const orderBy = query.get('$orderby');
  if (orderBy === null) return -1;
  const [known, direction = ''] = /^receivedDateTime( asc| desc)?$/i.exec(orderBy.trim()) ?? [];
  if (known === undefined) throw invalidRequest(`The order '${orderBy}' is not covered here.`);
  // What it is ordered by must come in the filter before all else (Microsoft: List messages)
  const [first = ''] = (query.get('$filter') ?? 'receivedDateTime').trim().split(' ');
  if (first.toLowerCase() !== 'receiveddatetime')
    throw new GraphError(
      400,
      'InefficientFilter',
      'The restriction or sort order is too complex for this operation.',
    );
  return direction.trim().toLowerCase() === 'desc' ? -1 : 1;
}

/** `$filter` as far as mail is asked for by it: comparisons of `receivedDateTime` and of `isRead`, joined by `and`. */
export function filterOf(filter: string | null): (message: { receivedAt: Date; isRead: boolean }) => boolean {
  if (filter === null) return () => true;
  const terms = filter.split(/\s+and\s+/i).map((term) => {
    const [, operator, value = ''] = /^receivedDateTime (ge|gt|le|lt) (\S+)$/i.exec(term.trim()) ?? [];
    const [, read] = /^isRead eq (true|false)$/i.exec(term.trim()) ?? [];
    const instant = dateTimeOffset.test(value) ? Date.parse(value) : Number.NaN;
    if (/^'.*'$/.test(value)) throw incompatible(operator);
    if (read !== undefined)
      return { holds: (message: { isRead: boolean }) => String(message.isRead) === read };
    if (operator === undefined || Number.isNaN(instant))
      throw new GraphError(400, 'ErrorInvalidUrlQuery', `The filter '${term}' is not covered here.`);
    return {
      holds: ({ receivedAt }: { receivedAt: Date }) => {
        const difference = toSecond(receivedAt) - instant;
        if (operator === 'ge') return difference >= 0;
        if (operator === 'gt') return difference > 0;
        return operator === 'le' ? difference <= 0 : difference < 0;
      },
    };
  });
  return (message) => terms.every(({ holds }) => holds(message));
}

/** Graph tells seconds of messages, nothing finer. */
function toSecond(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
