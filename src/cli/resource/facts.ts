import { isShown } from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, kindOf, type Resource, type ResourceRecord } from '../../resources/resource.ts';
import type { Call } from '../command.ts';
import { details, instant } from '../output.ts';
import { namesFor } from './references.ts';
import { standingOf } from './standing.ts';

/** A record as a person reads it: how it stands, and its fields that mean something. Secrets never. */
export async function factsOf(call: Call, resource: Resource, record: ResourceRecord): Promise<string> {
  const values = record as ResourceRecord & Json;
  const fields = fieldsOf(resource, kindOf(resource, values));
  const names = await namesFor(call, Object.values(fields));
  const facts = Object.entries(fields)
    .filter(([name, { role }]) => role === 'stored' && name !== 'name')
    .filter(([name]) => isShown(fields, name, (path) => valueAsText(fields, values, path)))
    .map(([name, field]): [string, string | null] => [field.label, field.show(names(field, values[name]))]);
  const isEmpty = resource.single && facts.every(([, shown]) => !shown);
  const rows = details([
    ...(resource.single
      ? []
      : ([
          ['Name', record.name],
          ['Id', record.id],
        ] as [string, string][])),
    ...standingOf(resource.type).facts(record),
    ...facts,
    ['Changed', instant(record.updatedAt)],
    ['Version', String(record.version)],
  ]);
  return isEmpty
    ? `${resource.removal.consequence} See letterbox ${resource.command} set --help.\n\n${rows}`
    : rows;
}
