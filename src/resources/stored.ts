import { z } from 'zod';
import { Problem } from '../model/problem.ts';
import type { StoredRecord } from '../store/records.ts';
import {
  fieldsOf,
  type Json,
  kindOf,
  type Migrations,
  type Resource,
  type ResourceRecord,
} from './resource.ts';

const anObject = z.record(z.string(), z.unknown());

/** Members of the stored JSON that say by which version of the schemas it was written. */
const marks = { resource: 'schemaVersion', kind: 'kindVersion' } as const;

/** A record that is there but cannot be read; it stops no other. */
export interface Unreadable {
  id: string;
  name: string;
  problem: Problem;
}

/** A stored record in its present form: migrated, parsed by the schema. Throws `record.newer` or `record.unreadable`. */
export function parseRecord<R extends ResourceRecord>(resource: Resource, stored: StoredRecord): R {
  const json = presentForm(resource, stored);
  const kind = kindOf(resource, json);
  if (resource.kind && !kind) throw unreadable(resource, stored, [resource.kind.field]);
  const record: Json = { id: stored.id, name: stored.name, version: stored.version };
  const wrong: string[] = [];
  const take = (
    name: string,
    schema: { safeParse(value: unknown): { success: boolean; data?: unknown } },
    fallback: unknown,
  ) => {
    const value = json[name];
    if (value === undefined && fallback !== undefined) record[name] = fallback;
    else {
      const result = schema.safeParse(value);
      if (result.success) record[name] = result.data;
      else wrong.push(name);
    }
  };
  for (const [name, field] of Object.entries(fieldsOf(resource, kind)))
    if (field.role === 'stored' && name !== 'name') take(name, field.stored, field.fallback);
  for (const [name, { schema, initial }] of Object.entries(resource.state ?? {})) take(name, schema, initial);
  for (const name of ['createdAt', 'updatedAt']) record[name] = String(json[name] ?? '');
  if (wrong.length > 0) throw unreadable(resource, stored, wrong);
  return record as unknown as R;
}

/**
 * The JSON to store for a record: over what is stored already, so that members that this process does not know survive.
 */
export function formatRecord(
  resource: Resource,
  record: ResourceRecord,
  stored: StoredRecord | null,
): string {
  const before = stored ? presentForm(resource, stored) : {};
  const { version: _, ...members } = record as ResourceRecord & Json;
  const kind = kindOf(resource, members);
  const present = fieldsOf(resource, kind);
  // What only the former kind has goes with it.
  const former = Object.keys(fieldsOf(resource, kindOf(resource, before)));
  const gone = new Set(former.filter((name) => !Object.hasOwn(present, name)));
  return JSON.stringify({
    ...Object.fromEntries(Object.entries(before).filter(([name]) => !gone.has(name))),
    ...members,
    [marks.resource]: resource.version,
    ...(kind && { [marks.kind]: kind.version ?? 1 }),
  });
}

function presentForm(resource: Resource, stored: StoredRecord): Json {
  const json = anObject.safeParse(parsed(stored.record)).data;
  if (!json) throw unreadable(resource, stored, ['JSON']);
  const migrated = migrate(json, marks.resource, resource.version, resource.migrations, resource, stored);
  const kind = kindOf(resource, migrated);
  return kind
    ? migrate(migrated, marks.kind, kind.version ?? 1, kind.migrations, resource, stored)
    : migrated;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function migrate(
  json: Json,
  mark: string,
  present: number,
  migrations: Migrations | undefined,
  resource: Resource,
  stored: StoredRecord,
): Json {
  // Records of before there were versions are of the first.
  const from = Number(json[mark] ?? 1);
  if (!Number.isInteger(from)) throw unreadable(resource, stored, [mark]);
  if (from > present) throw newer(resource, stored);
  let migrated = json;
  try {
    for (let version = from; version < present; version++)
      migrated = migrations?.[version]?.(migrated) ?? migrated;
  } catch (error) {
    throw unreadable(resource, stored, [`version ${from}`], error);
  }
  return { ...migrated, [mark]: present };
}

function newer({ title }: Resource, { name }: StoredRecord): Problem {
  return new Problem({
    code: 'record.newer',
    kind: 'internal',
    title: `This ${title} was written by a later release of Letterbox`,
    detail: name,
    remedy: 'Run that release or a later one. Everything else goes on meanwhile.',
  });
}

function unreadable({ title }: Resource, { name }: StoredRecord, wrong: string[], error?: unknown): Problem {
  return new Problem(
    {
      code: 'record.unreadable',
      kind: 'internal',
      title: `This ${title} cannot be read`,
      detail: `${name}: ${wrong.join(', ')}`,
      cause: 'What is stored of it is not what this release stores.',
      remedy:
        'Restore the database from a backup, or delete it and add it anew. Everything else goes on meanwhile.',
    },
    error,
  );
}

/** Those of some stored records that can be read, and why the others cannot. */
export function readable<R>(
  stored: StoredRecord[],
  parse: (stored: StoredRecord) => R,
): { records: R[]; unreadable: Unreadable[] } {
  const records: R[] = [];
  const unreadable: Unreadable[] = [];
  for (const one of stored)
    try {
      records.push(parse(one));
    } catch (error) {
      unreadable.push({ id: one.id, name: one.name, problem: Problem.from(error) });
    }
  return { records, unreadable };
}
