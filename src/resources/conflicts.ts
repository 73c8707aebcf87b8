import { type FieldProblem, Problem } from '../model/problem.ts';
import type { RecordTransaction, StoredRecord } from '../store/records.ts';
import { fieldsOf, type Json, kindOf, type Resource, type ResourceRecord } from './resource.ts';
import { parseRecord } from './stored.ts';

/** Throws `record.changed`, with what changed, where the version that was seen is not the present one. */
export async function assertSeen(
  resource: Resource,
  stored: StoredRecord,
  version: number | undefined,
  transaction: RecordTransaction,
): Promise<void> {
  if (version === undefined || version === stored.version) return;
  const seen = await transaction.former(stored.id, version);
  throw changedMeanwhile(resource, stored, seen === null ? null : { ...stored, version, record: seen });
}

function changedMeanwhile(resource: Resource, stored: StoredRecord, seen: StoredRecord | null): Problem {
  const fields = seen
    ? differences(resource, parseRecord(resource, seen), parseRecord(resource, stored))
    : [];
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

/** What the fields are now, where that is not what they were. */
function differences(resource: Resource, before: ResourceRecord, after: ResourceRecord): FieldProblem[] {
  const [was, is] = [before as unknown as Json, after as unknown as Json];
  return Object.entries(fieldsOf(resource, kindOf(resource, is))).flatMap(
    ([field, { role, show, label }]) => {
      if (role !== 'stored' || JSON.stringify(was[field]) === JSON.stringify(is[field])) return [];
      const [former, present] = [was[field] === undefined ? null : show(was[field]), show(is[field])];
      return [{ field, expected: `${label} is now ${present ?? 'empty'}, and was ${former ?? 'empty'}` }];
    },
  );
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
