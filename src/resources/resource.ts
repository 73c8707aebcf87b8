import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { FieldProblem } from '../model/problem.ts';
import type { AnyField, Choice, Fields } from './field.ts';
import { choice } from './fields/choice.ts';
import { duplicateField } from './fields/duplicate.ts';

/** What every record has, whatever resource it is of. */
export interface ResourceRecord {
  /** Letterbox id: prefix, underscore, 26 characters. */
  id: string;
  name: string;
  createdAt: string;
  updatedAt: string;
  /** Counts the changes of its fields; whoever changes it may say which one they have seen. */
  version: number;
}

/** A record as JSON, before anybody knows that it is in order. */
export type Json = Record<string, unknown>;

/**
 * How a stored record comes to its present form: step `n` makes version `n + 1` of a record of version `n`. A field that
 * is only added needs none: its fallback serves.
 */
export type Migrations = Readonly<Record<number, (record: Json) => Json>>;

/** One way that a resource can be: a provider, a protocol, a kind of destination. Registered in `kinds.ts`. */
export interface Kind extends Hooks {
  /** As it is stored and typed: `webhook`. */
  name: string;
  label: string;
  help?: string;
  /** What it asks for beside the fields of the resource. */
  fields: Fields;
  version?: number;
  migrations?: Migrations;
}

/**
 * A kind that may import what opens it only when that is wanted: a command, which opens nothing, begins the sooner.
 */
export type Loadable<K extends { open: unknown }> = K | (Omit<K, 'open'> & { load(): Promise<K['open']> });

/** What is peculiar to a resource, or to one of its kinds. All of it runs while no other record changes. */
export interface Hooks {
  /** Fills what follows from other fields and other records. */
  // biome-ignore lint/suspicious/noExplicitAny: each hook knows the record of its own resource
  complete?(draft: any, change: Change): Promise<Json> | Json;
  /** What is wrong when the fields are held against each other and against other records. */
  // biome-ignore lint/suspicious/noExplicitAny: each hook knows the record of its own resource
  check?(record: any, change: Change): Promise<FieldProblem[]> | FieldProblem[];
  /** What follows for other records from what this one is: once nothing is wrong with it, and before it changes or goes. */
  // biome-ignore lint/suspicious/noExplicitAny: each hook knows the record of its own resource
  follow?(record: any, around: Pick<Change, 'others'>): Promise<void>;
  /** What is to be sealed with the record, and shown this once; by default its secrets as they were given. */
  // biome-ignore lint/suspicious/noExplicitAny: each hook knows the record of its own resource
  seal?(record: any, change: Change): Promise<Sealing> | Sealing;
}

export interface Sealing {
  /** In the clear, by name; null forgets one. */
  secrets: Record<string, string | null>;
  /** Members of the record that follow, such as the public part of a key. */
  record?: Json;
  /** Answered this once. */
  shown?: Json;
}

/** A change under way. */
export interface Change {
  /** Null where the record is new. */
  before: Json | null;
  /** The fields that were given, in order by themselves. */
  given: Json;
  now: Date;
  others: Others;
  config: Pick<Config, 'delivery'>;
  /** What was answered to questions about this change. */
  answers: Json;
  /** What is wrong with the input already, each field by itself. */
  wrong: readonly FieldProblem[];
  /** Secrets by field: what was given, and whether there is one already. */
  secrets: Record<string, { given: string | undefined; kept: boolean }>;
}

/** Other records, as they are while this one changes. */
export interface Others {
  list<R extends ResourceRecord>(type: string): Promise<R[]>;
  get<R extends ResourceRecord>(type: string, id: string): Promise<R | null>;
  /** Null also where it cannot be read. */
  find<R extends ResourceRecord>(type: string, id: string): Promise<R | null>;
  /** Notes in another record what follows for it from this change; no change that anybody need have seen. */
  note(type: string, id: string, members: Json): Promise<void>;
  /** A secret in the clear. */
  secret(owner: string, name: string): Promise<string | null>;
  /** What a resource is, by its type. */
  resource(type: string): Resource;
}

/** A resource, written down once. */
export interface Resource extends Hooks {
  /** As it is stored: `destination`. */
  type: string;
  /** In addresses of the API and the console: `destinations`. */
  path: string;
  /** On the command line: `letterbox destination add`. */
  command: string;
  idPrefix: string;
  /** In sentences: `incoming email server`. */
  title: string;
  /** The same, shorter: `server`. */
  noun: string;
  /** There is exactly one, always, and it is only changed. */
  single?: true;
  fields: Fields;
  /** The field that says which kind a record is of. */
  kind?: KindChoice;
  version: number;
  migrations?: Migrations;
  /**
   * Why two records of it do one thing twice, for a sentence that begins with the name of the other: `reads the same
   * mailbox`; null where they do not.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each hook knows the record of its own resource
  twin?(record: any, other: any): string | null;
  /** Members of the record that are no fields: what Letterbox itself finds out. Each with what it begins with. */
  state?: Record<string, { schema: z.ZodType; initial: unknown }>;
  /** What goes with it when it is removed, for the question before; and what stays, where its messages may stay. */
  removal: { what: string; consequence: string; keepingMessages?: string };
}

export interface KindChoice {
  /** Its name: `kind`, `protocol`, `provider`. */
  field: string;
  label: string;
  group?: string;
  option?: string;
  placeholder: string;
  fallback: string;
  kinds: readonly Kind[];
  /** A record stays of the kind that it was made as. */
  fixed?: true;
  column?: string;
}

/** The kind of a record or an input; undefined where there is none of that name, or the resource has no kinds. */
export function kindOf(resource: Resource, record: Json): Kind | undefined {
  const name = resource.kind && (record[resource.kind.field] ?? resource.kind.fallback);
  return resource.kind?.kinds.find((kind) => kind.name === name);
}

/** The field that chooses the kind, made from the kinds that there are. */
export function kindField({
  label,
  group,
  option,
  placeholder,
  fallback,
  kinds,
  column,
}: KindChoice): AnyField {
  const choices: Choice[] = kinds.map(({ name, label: said, help }) => ({
    value: name,
    label: said,
    ...(help !== undefined && { help }),
  }));
  return choice({
    label,
    choices,
    fallback,
    placeholder,
    ...(group !== undefined && { group }),
    ...(option !== undefined && { option }),
    ...(column !== undefined && { column }),
  });
}

/** Whether a field of a resource has no sense for records of this kind, whatever else they say. */
export function isHiddenFor(
  { kind: choosing }: Resource,
  kind: Kind | undefined,
  { when }: AnyField,
): boolean {
  const kinds = choosing && when?.[choosing.field];
  return kind !== undefined && kinds !== undefined && !kinds.includes(kind.name);
}

/**
 * Every field that a record can have, in the order in which it is asked: name, kind, those of the kinds (each shown for
 * its own kind only; one that several kinds have, for each of them), those of all. With `kind` only those of that one.
 */
export function fieldsOf(resource: Resource, kind?: Kind): Fields {
  const choosing = resource.kind;
  const ofAll = resource.single ? resource.fields : { ...resource.fields, duplicate: duplicateField };
  if (!choosing) return ofAll;
  const { name, ...others } = ofAll;
  const own: Record<string, AnyField> = {};
  for (const one of kind ? [kind] : choosing.kinds)
    for (const [field, said] of Object.entries(one.fields)) {
      const known = own[field] ?? said;
      const names = own[field]?.when?.[choosing.field] ?? [];
      own[field] = { ...known, when: { ...known.when, [choosing.field]: [...names, one.name] } };
    }
  return {
    ...(name && { name }),
    [choosing.field]: kindField(choosing),
    ...own,
    ...others,
  };
}
