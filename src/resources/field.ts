import type { z } from 'zod';

/** One of the values of a choice, as a person reads it. */
export interface Choice {
  value: string;
  label: string;
  help?: string;
}

/** How a field is asked for: what a form draws, and what a command line takes. */
export type Control =
  | {
      kind: 'text' | 'email' | 'url' | 'number' | 'date' | 'password';
      placeholder?: string;
      /** Typed letter by letter, such as IDs and URLs. */
      mono?: boolean;
    }
  /** `lines`: several values, one a line. */
  | { kind: 'area'; rows: number; mono?: boolean; lines?: true }
  /** One of a few, all seen at once. `other`: a value beside them is typed, after choosing this one. */
  | {
      kind: 'choice';
      choices: readonly Choice[];
      other?: { value: string; label: string; placeholder: string };
    }
  /** One of many. */
  | { kind: 'select'; choices: readonly Choice[] }
  /** Any of them. */
  | { kind: 'ticks'; choices: readonly Choice[] }
  | { kind: 'tick' }
  /**
   * A record of another resource, by its id; `none` is said where there need not be one. `fits` tells which are offered,
   * by their kind.
   */
  | { kind: 'reference'; to: string; none: string | null; fits?: Fits }
  /** Any number of them. */
  | { kind: 'references'; to: string };

// biome-ignore lint/suspicious/noExplicitAny: each resource knows its own records and kinds
export type Fits = (record: any, kind: any) => boolean;

/** A field is shown and taken only while each field named here has one of the values. */
export type Condition = Readonly<Record<string, readonly string[]>>;

/** One field of a resource, written down once: form, command line, API, stored record and reference follow from it. */
export interface Field<Value = unknown, Role extends FieldRole = FieldRole> {
  readonly role: Role;
  readonly label: string;
  readonly help?: string;
  /** Heading of the form under which it stands. */
  readonly group?: string;
  /** Folded away until wanted or filled. */
  readonly folded?: boolean;
  readonly when?: Condition;
  /** Given while it is hidden, it is kept and does no harm. */
  readonly idle?: boolean;
  /** Its option on the command line, where that is not its name with hyphens; null: it has none. */
  readonly option?: string | null;
  /** What stands for the value in the command's help. */
  readonly placeholder?: string;
  /** What sort of file its option names, whose text is the value: `PEM file`. */
  readonly fromFile?: string;
  /** An option for a second such file, whose text comes after that of the first. */
  readonly secondFile?: { option: string; help: string };
  /** Of secrets: the environment variable that a command may find it in. */
  readonly variable?: string;
  readonly control: Control;
  /** What the API takes. */
  readonly input: z.ZodType;
  /** What is kept. */
  readonly stored: z.ZodType<Value>;
  /** Its value where nothing is said, and where `when` hides it; without one it must be given. */
  readonly fallback?: Value;
  /** It must be given where it is shown, which is found out when the record is checked; `fallback` or not. */
  readonly required?: boolean;
  /** What a new form begins with, as text, where that is not the fallback. */
  readonly initial?: string;
  /** Its value where `when` hides it, of what must be given where it is shown. */
  readonly hidden?: Value;
  /** What its value follows from where it is left out or, also in a change, null: `the provider’s own`. */
  readonly follows?: string;
  /** A change of nothing else is held against nothing: what runs can always be stopped. */
  readonly free?: boolean;
  /** A change of it needs no new connection to the mail server. */
  readonly quiet?: boolean;
  /** Heading of its column in lists. */
  readonly column?: string;
  /** Of a field made of others. */
  readonly parts?: Fields;
  /** Of secrets: the name that it is sealed under; one without is only looked at. */
  readonly sealedAs?: string | undefined;
  /** Of secrets: the fields that say where it is sent. Where one of them changes, it must be given again. */
  readonly boundTo?: readonly string[];
  /** Of what only forms ask, to show other fields: its value for a record. */
  readonly viewOf?: (record: Readonly<Record<string, unknown>>) => string;
  /** What was typed in a form or on a command line, as the API takes it; undefined leaves it out. */
  read(text: string): unknown;
  /** The stored value as a form shows it for editing. */
  write(value: Value): string;
  /** The stored value as a person reads it; null where there is nothing to say. */
  show(value: Value): string | null;
}

/**
 * `stored` in the record; `secret` sealed beside it and never shown; `answer` to what is asked about a change, and not
 * kept; `view` only in forms.
 */
export type FieldRole = 'stored' | 'secret' | 'answer' | 'view';

// biome-ignore lint/suspicious/noExplicitAny: fields of every value stand side by side
export type AnyField = Field<any>;
export type Fields = Readonly<Record<string, AnyField>>;

/** The part of a record that its fields describe. */
export type ValuesOf<F extends Fields> = {
  -readonly [Name in keyof F as F[Name] extends Field<unknown, 'stored'>
    ? Name
    : never]: F[Name] extends Field<infer Value, 'stored'> ? Value : never;
};

/** Every field with its path, those made of others followed by their parts. */
export function* withParts(
  fields: Fields,
  above: { path: string; when: Condition } | null = null,
): Generator<{
  path: string;
  field: AnyField;
  when: Condition;
}> {
  for (const [name, field] of Object.entries(fields)) {
    const path = above ? `${above.path}.${name}` : name;
    const own = Object.entries(field.when ?? {}).map(
      ([other, values]) => [above ? `${above.path}.${other}` : other, values] as const,
    );
    const when = { ...above?.when, ...Object.fromEntries(own) };
    yield { path, field, when };
    if (field.parts) {
      const present = field.control.kind === 'tick' ? { [path]: ['on'] } : {};
      yield* withParts(field.parts, { path, when: { ...when, ...present } });
    }
  }
}

/**
 * The value of a field as a form would send it: as `given` has it, or where another field hides it, what it is then. So
 * a choice that was hidden by a later one decides nothing.
 */
export function valueInForce(fields: Fields, path: string, given: (path: string) => string): string {
  const field = fieldAt(fields, path);
  return !field || isShown(fields, path, given) ? given(path) : hiddenText(field);
}

/** Whether a field is to be seen, by the values of others that are in force. */
export function isShown(fields: Fields, path: string, given: (path: string) => string): boolean {
  return Object.entries(conditionOf(fields, path)).every(([other, values]) =>
    values.includes(valueInForce(fields, other, given)),
  );
}

export function hiddenValue({ hidden, fallback }: AnyField): unknown {
  return hidden ?? fallback ?? null;
}

/** The same as a form would send it. */
export function hiddenText(field: AnyField): string {
  const value = hiddenValue(field);
  return value === undefined || value === null ? '' : field.write(value);
}

export function fieldAt(fields: Fields, path: string): AnyField | undefined {
  const [name = '', part] = path.split('.');
  return part === undefined ? fields[name] : fields[name]?.parts?.[part];
}

/** When a field is shown; of a part, when the whole is as well. */
export function conditionOf(fields: Fields, path: string): Condition {
  for (const one of withParts(fields)) if (one.path === path) return one.when;
  return {};
}
