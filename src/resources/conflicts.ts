import { type FieldProblem, Problem } from '../model/problem.ts';
import type { RecordReader, RecordTransaction, StoredRecord } from '../store/records.ts';
import type { AnyField, Fields } from './field.ts';
import { fieldsOf, type Json, kindOf, type Resource, type ResourceRecord } from './resource.ts';
import { parseRecord, readable } from './stored.ts';

/** Throws `record.changed`, with what changed, where the version that was seen is not the present one. */
export async function assertSeen(
  resource: Resource,
  stored: StoredRecord,
  version: number | undefined,
  transaction: RecordTransaction,
): Promise<void> {
  if (version === undefined || version === stored.version) return;
  const former = await transaction.former(stored.id, version);
  const known = former === null ? [] : [stored, { ...stored, version, record: former }];
  const [is, was] = readable(known, (one) => parseRecord<ResourceRecord & Json>(resource, one)).records;
  // Without both of them nobody can say what changed.
  if (!is || !was) throw changedMeanwhile(resource, stored, []);
  const fields = fieldsOf(resource, kindOf(resource, is));
  throw changedMeanwhile(resource, stored, await differences(fields, was, is, transaction));
}

function changedMeanwhile(resource: Resource, stored: StoredRecord, fields: FieldProblem[]): Problem {
  const what = fields.map(({ field, expected }) => `${field}: ${expected}`).join('; ');
  return new Problem({
    code: 'record.changed',
    kind: 'changed',
    title: `Somebody else has changed this ${resource.title} meanwhile`,
    detail: what ? `${stored.name}: ${what}` : stored.name,
    remedy: 'Look at it as it is now, and make your change again. Nothing was changed.',
    ...(fields.length > 0 && { fields }),
  });
}

/** What the fields are now, where that is not what they were; `above` is the path of what they are parts of. */
async function differences(
  fields: Fields,
  was: Json,
  is: Json,
  records: RecordReader,
  above = '',
): Promise<FieldProblem[]> {
  const found: FieldProblem[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const [former, present] = [was[name], is[name]];
    if (field.role !== 'stored' || JSON.stringify(former) === JSON.stringify(present)) continue;
    if (field.parts && former && present)
      found.push(
        ...(await differences(field.parts, former as Json, present as Json, records, `${above}${name}.`)),
      );
    else
      found.push({
        field: `${above}${name}`,
        expected: `${field.label} is now ${await say(field, present, records)}, and was ${await say(field, former, records)}`,
      });
  }
  return found;
}

/** Longer values are cut. */
const saidLength = 120;

/** A value as a person reads it: records of others by their names. */
async function say({ control, show }: AnyField, value: unknown, records: RecordReader): Promise<string> {
  const isReference = control.kind === 'reference' || control.kind === 'references';
  const names =
    isReference && value
      ? [value].flat().map(async (id) => (await records.get(control.to, String(id)))?.name ?? String(id))
      : null;
  const said = names ? (await Promise.all(names)).join(', ') : value === undefined ? null : show(value);
  if (!said) return 'empty';
  return said.length > saidLength ? `${said.slice(0, saidLength)}…` : said;
}

export function inUse({ type, title }: Resource, name: string, users: string[]): Problem {
  return new Problem({
    code: `${type}.in-use`,
    kind: 'conflict',
    title: `The ${title} is in use`,
    detail: `${name} is used by ${users.join(', ')}`,
    remedy: 'Give those another one, or remove them first.',
  });
}
