import { type AnyField, isShown, withParts } from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, kindOf, type Resource, type ResourceRecord } from '../../resources/resource.ts';
import type { Call } from '../command.ts';
import { details, instant } from '../output.ts';
import { isReference, type Names, namesFor } from './references.ts';
import { standingOf } from './standing.ts';

type Fact = [label: string, value: string | null];

/** A record as a person reads it: how it stands, and its fields that mean something. Secrets never. */
export async function factsOf(call: Call, resource: Resource, record: ResourceRecord): Promise<string> {
  const values = record as ResourceRecord & Json;
  const fields = fieldsOf(resource, kindOf(resource, values));
  const all = [...withParts(fields)].map(({ field }) => field);
  const names = await namesFor(call, all);
  const facts = Object.entries(fields)
    .filter(([name, { role }]) => role === 'stored' && name !== 'name')
    .filter(([name]) => isShown(fields, name, (path) => valueAsText(fields, values, path)))
    .flatMap(([name, field]) => factsOfField(field, values[name], names));
  const isEmpty = resource.single && facts.every(([, shown]) => !shown);
  const named: Fact[] = [
    ['Name', record.name],
    ['Id', record.id],
  ];
  const rows = details([
    ...(resource.single ? [] : named),
    ...standingOf(resource.type).facts(record),
    ...facts,
    ['Changed', instant(record.updatedAt)],
    ['Version', String(record.version)],
  ]);
  return isEmpty
    ? `${resource.removal.consequence} See letterbox ${resource.command} set --help.\n\n${rows}`
    : rows;
}

/** The value; of what is made of parts also the records that these name. */
function factsOfField(field: AnyField, value: unknown, names: Names): Fact[] {
  const own: Fact = [field.label, field.show(names(field, value))];
  const parts = value ? Object.entries(field.parts ?? {}).filter(([, part]) => isReference(part)) : [];
  return [own, ...parts.flatMap(([name, part]) => factsOfField(part, (value as Json)[name], names))];
}
