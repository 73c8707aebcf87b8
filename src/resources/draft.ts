import { type FieldProblem, invalidInput } from '../model/problem.ts';
import type { RecordTransaction, SealedValues } from '../store/records.ts';
import type { Vault } from '../vault/vault.ts';
import { besides, kindProblems, problemsOf } from './checks.ts';
import { assertMeant } from './duplicates.ts';
import { type Fields, hiddenValue } from './field.ts';
import { canBeJudged, type Given, missingProblems, movedSecrets, secretProblems } from './input.ts';
import {
  type Change,
  fieldsOf,
  isHiddenFor,
  type Json,
  kindOf,
  type Resource,
  type ResourceRecord,
  type Sealing,
} from './resource.ts';

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
  change.secrets = await secretsOf(resource, id, change, transaction);
  const { wrong } = change;
  const lacking = [...kindProblems(resource, before, draft), ...missingProblems(fields, draft)];
  const found = [...wrong, ...besides(wrong, lacking)];
  if (found.length > 0) throw invalidInput(await withRest(found, resource, draft, change, transaction));
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
  const record = await completed(resource, draft, change);
  const found = await problemsOf(resource, record, change, transaction);
  if (found.length > 0) throw invalidInput(found);
  await assertMeant(resource, record, change);
  return record;
}

async function completed(resource: Resource, draft: Json, change: Change): Promise<Json> {
  const record = { ...draft, ...(await resource.complete?.(draft, change)) };
  return { ...record, ...(await kindOf(resource, draft)?.complete?.(record, change)) };
}

/** What was found, and what else is wrong as far as it can be told: so that a form need not be sent once for each mistake. */
async function withRest(
  found: FieldProblem[],
  resource: Resource,
  draft: Json,
  change: Change,
  transaction: RecordTransaction,
): Promise<FieldProblem[]> {
  const fields = fieldsOf(resource, kindOf(resource, draft));
  const secrets = change.before === null ? secretProblems(fields, change.secrets, draft) : [];
  if (!canBeJudged(fields, found)) return [...found, ...besides(found, secrets)];
  try {
    const record = await completed(resource, draft, change);
    const rest = await problemsOf(resource, record, change, transaction);
    return [...found, ...besides(found, rest)];
  } catch {
    // Checks expect of each field that it is right by itself
    return [...found, ...besides(found, secrets)];
  }
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
  { fields, secrets, answers, wrong }: Given,
  around: Pick<Change, 'others' | 'config'>,
): Change {
  const asked = Object.entries(secrets).map(([name, text]) => [name, { given: text, kept: false }]);
  return {
    before: before as Json | null,
    given: fields,
    wrong,
    answers,
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

/** Now, but never the instant of the change before: by this others see that something has changed. */
export function instantAfter(before: unknown, now: Date): string {
  const least = typeof before === 'string' && before !== '' ? Date.parse(before) + 1 : 0;
  return new Date(Math.max(now.getTime(), least)).toISOString();
}
