import type { FieldProblem } from '../model/problem.ts';
import type { RecordTransaction } from '../store/records.ts';
import type { Fields } from './field.ts';
import { hiddenProblems, movedProblems, movedSecrets, secretProblems } from './input.ts';
import { type Change, fieldsOf, type Json, kindOf, type Resource } from './resource.ts';
import { withArticle } from './titles.ts';

/** What is wrong with a record as it will be. */
export async function problemsOf(
  resource: Resource,
  record: Json,
  change: Change,
  transaction: RecordTransaction,
): Promise<FieldProblem[]> {
  const kind = kindOf(resource, record);
  const fields = fieldsOf(resource, kind);
  const found = movedProblems(fields, movedSecrets(fields, change, record), record);
  const checks = [
    ...((await resource.check?.(record, change)) ?? []),
    ...((await kind?.check?.(record, change)) ?? []),
    ...(await nameProblems(resource, record, transaction)),
  ];
  found.push(...besides(found, checks));
  found.push(...besides(found, await referenceProblems(fields, record, change, transaction)));
  found.push(...besides(found, hiddenProblems(fields, change, record)));
  found.push(...besides(found, secretProblems(fields, change.secrets, record)));
  return found;
}

/** Problems of fields that are not named already. */
export function besides(found: readonly FieldProblem[], more: FieldProblem[]): FieldProblem[] {
  const named = new Set(found.map(({ field }) => field.split('.')[0]));
  return more.filter(({ field }) => !named.has(field));
}

/** A record stays of the kind that it was made as, where the resource says so. */
export function kindProblems({ kind }: Resource, before: Json | null, record: Json): FieldProblem[] {
  if (!kind?.fixed || before === null || before[kind.field] === record[kind.field]) return [];
  const expected = `${before[kind.field]}, as it was made; add another one`;
  return [{ field: kind.field, expected, given: String(record[kind.field]) }];
}

async function nameProblems(
  { type, noun }: Resource,
  record: Json,
  transaction: RecordTransaction,
): Promise<FieldProblem[]> {
  const taken = (await transaction.list(type)).some(
    ({ id, name }) => name === record.name && id !== record.id,
  );
  if (!taken) return [];
  return [{ field: 'name', expected: `a name that no other ${noun} has`, given: String(record.name) }];
}

/** Records of other resources that are named must be there; of several, those that are named now. */
async function referenceProblems(
  fields: Fields,
  record: Json,
  { given, others }: Change,
  transaction: RecordTransaction,
): Promise<FieldProblem[]> {
  const found: FieldProblem[] = [];
  for (const [name, { control }] of Object.entries(fields)) {
    const value = record[name];
    if (value === null || value === undefined) continue;
    if (control.kind === 'reference' && !(await transaction.get(control.to, String(value))))
      found.push({
        field: name,
        expected: `the id of ${withArticle(others.resource(control.to).title)}`,
        given: String(value),
      });
    if (control.kind === 'references' && Object.hasOwn(given, name)) {
      const known = new Set((await transaction.list(control.to)).map(({ id }) => id));
      const unknown = (value as string[]).filter((id) => !known.has(id));
      if (unknown.length > 0)
        found.push({
          field: name,
          expected: `ids of ${others.resource(control.to).title}s`,
          given: unknown.join(', '),
        });
    }
  }
  return found;
}
