import { type FieldProblem, invalidInput } from '../model/problem.ts';
import type { RecordTransaction } from '../store/records.ts';
import { type Change, type Json, kindOf, type Resource, type ResourceRecord } from './resource.ts';
import { parseRecord, readable } from './stored.ts';

/** What is wrong with the records that refer to one, by what they are called. */
export type WrongUsers = ReadonlyMap<string, FieldProblem[]>;

/** Holds every record that refers to one against it, as it is now. */
export async function wrongUsers(
  { type, id }: { type: string; id: string },
  transaction: RecordTransaction,
  resources: readonly Resource[],
  around: Pick<Change, 'others' | 'config'>,
): Promise<WrongUsers> {
  const found = new Map<string, FieldProblem[]>();
  for (const resource of resources)
    for (const stored of await transaction.list(resource.type)) {
      if (resource.type === type || !stored.record.includes(JSON.stringify(id))) continue;
      const [user] = readable([stored], (one) => parseRecord<ResourceRecord & Json>(resource, one)).records;
      if (!user) continue;
      // As if it were made now: what it was before excuses nothing
      const change: Change = {
        before: null,
        given: {},
        now: new Date(),
        wrong: [],
        answers: {},
        secrets: {},
        ...around,
      };
      const problems = [
        ...((await resource.check?.(user, change)) ?? []),
        ...((await kindOf(resource, user)?.check?.(user, change)) ?? []),
      ];
      if (problems.length > 0) found.set(`the ${resource.noun} ${user.name}`, problems);
    }
  return found;
}

/** Throws `input.invalid` where a change of a record made others wrong that refer to it, naming them. */
export function assertUsersFit(changed: readonly string[], before: WrongUsers, after: WrongUsers): void {
  const [field = 'name'] = changed;
  const found = [...after].flatMap(([user, problems]) => {
    const known = new Set(before.get(user)?.map((problem) => problem.field));
    return problems
      .filter((problem) => !known.has(problem.field))
      .map((problem) => ({
        field,
        expected: `what ${user} can do with: it wants ${problem.expected} (${problem.field})`,
      }));
  });
  if (found.length > 0) throw invalidInput(found);
}
