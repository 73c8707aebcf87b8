import { type FieldProblem, invalidInput } from '../model/problem.ts';
import type { RecordTransaction, SealedValues } from '../store/records.ts';
import type { Vault } from '../vault/vault.ts';
import { type Fields, hiddenValue } from './field.ts';
import { hiddenProblems, missingProblems, movedProblems, movedSecrets, secretProblems } from './input.ts';
import {
  type Change,
  fieldsOf,
  isHiddenFor,
  type Json,
  type Kind,
  kindOf,
  type Resource,
  type ResourceRecord,
  type Sealing,
} from './resource.ts';
import { withArticle } from './titles.ts';

/** A record as it will be: completed, checked, its secrets sealed. Throws `input.invalid`. */
export async function make<R extends ResourceRecord>(
  resource: Resource,
  id: string,
  change: Change,
  transaction: RecordTransaction,
  vault: Pick<Vault, 'seal' | 'open'>,
): Promise<{ record: R; shown: Json }> {
  const { before, given, now } = change;
  const draft: Json = {
    ...startOf(resource, before, given),
    ...given,
    id,
    updatedAt: instantAfter(before?.updatedAt, now),
    ...(before === null && { version: 1 }),
    createdAt: before?.createdAt || now.toISOString(),
  };
  const kind = kindOf(resource, draft);
  const fields = fieldsOf(resource, kind);
  const lacking = [...kindProblems(resource, before, draft), ...missingProblems(fields, draft)];
  if (lacking.length > 0) throw invalidInput(lacking);
  change.secrets = await secretsOf(resource, id, change, transaction);
  const record = isFree(fields, change) ? draft : await checked(resource, draft, change, transaction);
  const gone = {
    ...formerSecrets(resource, before, fields),
    ...forgotten(fields, movedSecrets(fields, change, record)),
  };
  if (before) await resource.follow?.(before, change);
  await resource.follow?.(record, change);
  const own = await (kind?.seal ?? resource.seal ?? givenSecrets(resource))(record, change);
  await transaction.seal(id, sealed(id, { ...gone, ...own.secrets }, vault));
  return { record: { ...record, ...own.record } as unknown as R, shown: own.shown ?? {} };
}

/** A draft completed by what follows from other fields and records. Throws `input.invalid`. */
async function checked(
  resource: Resource,
  draft: Json,
  change: Change,
  transaction: RecordTransaction,
): Promise<Json> {
  const kind = kindOf(resource, draft);
  let record = { ...draft, ...(await resource.complete?.(draft, change)) };
  record = { ...record, ...(await kind?.complete?.(record, change)) };
  const found = await problemsOf(resource, kind, record, change, transaction);
  if (found.length > 0) throw invalidInput(found);
  return record;
}

/** What is wrong with a record as it will be. */
async function problemsOf(
  resource: Resource,
  kind: Kind | undefined,
  record: Json,
  change: Change,
  transaction: RecordTransaction,
): Promise<FieldProblem[]> {
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

/** Whether a change is of nothing but what can always be changed. */
function isFree(fields: Fields, { before, given, secrets }: Change): boolean {
  const names = Object.keys(given);
  const isSecret = Object.values(secrets).some((secret) => secret.given !== undefined);
  return before !== null && !isSecret && names.length > 0 && names.every((name) => fields[name]?.free);
}

/** What a new record is before anything is said of it. */
function beginning(resource: Resource, given: Json): Json {
  const fields = Object.entries(fieldsOf(resource, kindOf(resource, given)))
    .filter(([, { role }]) => role === 'stored')
    .map(([name, field]) => [name, hiddenValue(field) ?? null]);
  const state = Object.entries(resource.state ?? {}).map(([name, { initial }]) => [name, initial]);
  return Object.fromEntries([...fields, ...state]);
}

/** What a change begins with. One of another kind begins with that kind's fields, and without the former's. */
function startOf(resource: Resource, before: Json | null, given: Json): Json {
  if (before === null) return beginning(resource, given);
  const kind = kindOf(resource, { ...before, ...given });
  const former = kindOf(resource, before);
  if (kind === former) return before;
  const [names, formerNames] = [fieldsOf(resource, kind), fieldsOf(resource, former)];
  const kept = Object.entries(before).filter(
    ([name]) => Object.hasOwn(names, name) || !Object.hasOwn(formerNames, name),
  );
  // What the new kind hides is for it as if never said.
  const hidden = Object.entries(names)
    .filter(([, field]) => isHiddenFor(resource, kind, field))
    .map(([name, field]) => [name, hiddenValue(field)]);
  return {
    ...beginning(resource, { ...before, ...given }),
    ...Object.fromEntries(kept),
    ...Object.fromEntries(hidden),
  };
}

/** Secrets of a kind that a record is no longer of, to be forgotten. */
function formerSecrets(resource: Resource, before: Json | null, fields: Fields): Record<string, null> {
  const former = before === null ? {} : fieldsOf(resource, kindOf(resource, before));
  const gone = Object.entries(former).flatMap(([name, { sealedAs }]) =>
    sealedAs === undefined || Object.hasOwn(fields, name) ? [] : [[sealedAs, null] as const],
  );
  return Object.fromEntries(gone);
}

/** Secrets that would be sent elsewhere than they were entered for, and were not given again. */
function forgotten(fields: Fields, moved: { name: string }[]): Record<string, null> {
  const names = moved.flatMap(({ name }) => fields[name]?.sealedAs ?? []);
  return Object.fromEntries(names.map((name) => [name, null]));
}

export function changeOf(
  before: ResourceRecord | null,
  given: Json,
  secrets: Record<string, string>,
  around: Pick<Change, 'others' | 'config'>,
): Change {
  const asked = Object.entries(secrets).map(([name, text]) => [name, { given: text, kept: false }]);
  return {
    before: before as Json | null,
    given,
    now: new Date(),
    ...around,
    secrets: Object.fromEntries(asked),
  };
}

async function secretsOf(
  resource: Resource,
  id: string,
  { secrets, before, given }: Change,
  transaction: RecordTransaction,
): Promise<Change['secrets']> {
  const fields = Object.entries(fieldsOf(resource, kindOf(resource, { ...before, ...given })));
  const all: Change['secrets'] = {};
  for (const [name, { role, sealedAs }] of fields)
    if (role === 'secret')
      all[name] = {
        given: secrets[name]?.given,
        kept: before !== null && sealedAs !== undefined && (await transaction.secret(id, sealedAs)) !== null,
      };
  return all;
}

/** By default each secret is sealed as it was given. */
function givenSecrets(resource: Resource) {
  return (record: Json, { secrets }: Change): Sealing => {
    const fields = fieldsOf(resource, kindOf(resource, record));
    const given = Object.entries(secrets).flatMap(([name, { given: text }]) => {
      const { sealedAs } = fields[name] ?? {};
      return text === undefined || sealedAs === undefined ? [] : [[sealedAs, text] as const];
    });
    return { secrets: Object.fromEntries(given) };
  };
}

export function sealed(
  id: string,
  secrets: Record<string, string | null>,
  vault: Pick<Vault, 'seal' | 'open'>,
): SealedValues {
  const values = Object.entries(secrets).map(([name, text]) => [
    name,
    text === null ? null : vault.seal(id, name, text),
  ]);
  return Object.fromEntries(values);
}

function kindProblems({ kind }: Resource, before: Json | null, record: Json): FieldProblem[] {
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

/** Problems of fields that are not named already. */
function besides(found: FieldProblem[], more: FieldProblem[]): FieldProblem[] {
  const named = new Set(found.map(({ field }) => field.split('.')[0]));
  return more.filter(({ field }) => !named.has(field));
}

/** Now, but never the instant of the change before: by this others see that something has changed. */
export function instantAfter(before: unknown, now: Date): string {
  const least = typeof before === 'string' && before !== '' ? Date.parse(before) + 1 : 0;
  return new Date(Math.max(now.getTime(), least)).toISOString();
}
