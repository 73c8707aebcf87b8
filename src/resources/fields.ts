import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { AnyField, Choice, Condition, Control, Field, Fields, Fits } from './field.ts';

/** What is said of any field; the rest follows from what kind of field it is. */
export interface Said {
  label: string;
  help?: string;
  group?: string;
  folded?: boolean;
  when?: Condition;
  idle?: boolean;
  option?: string | null;
  placeholder?: string;
  follows?: string;
  free?: boolean;
  required?: boolean;
  quiet?: boolean;
  column?: string;
}

const same = (text: string): unknown => text;
const trimmed = (text: string): unknown => text.trim();
const shown = (value: unknown): string | null =>
  value === null || value === undefined || value === '' ? null : String(value);

/** A field of one line of text, by its schema; the base of most others. */
function ofText<Value extends string | number>(
  said: Said,
  control: Control,
  input: z.ZodType<Value, unknown>,
): Field<Value, 'stored'> {
  return {
    ...said,
    role: 'stored',
    control,
    input,
    stored: input,
    // What must be given is told to be missing by the schema; what follows from others is left out.
    read: (text) => (said.follows !== undefined && text.trim() === '' ? undefined : trimmed(text)),
    write: (value) => String(value ?? ''),
    show: shown,
  };
}

type TextSaid = Said & {
  max: number;
  pattern?: [RegExp, string];
  mono?: boolean;
  placeholder?: string;
  example?: string;
};

/** One line of text, without what is before and after it. */
export function text({ max, pattern, mono = false, example, ...said }: TextSaid): Field<string, 'stored'> {
  const plain = z.string().trim().min(1).max(max);
  const schema = pattern
    ? z
        .string()
        .trim()
        .min(1)
        .max(max)
        .regex(...pattern)
    : plain;
  return ofText(said, { kind: 'text', mono, ...(example !== undefined && { placeholder: example }) }, schema);
}

/** What any record is called. */
export function nameField(said: { help: string }): Field<string, 'stored'> {
  return text({ label: 'Name', max: 100, option: 'name', placeholder: 'NAME', quiet: true, ...said });
}

/** An addr-spec, loosely (RFC 5322 3.4.1): the server knows better. */
export const mailAddress = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@]+@[^\s@]+$/, 'a mail address such as support@contoso.com');

export function address(said: Said & { example?: string }): Field<string, 'stored'> {
  const { example, ...rest } = said;
  const control: Control = { kind: 'email', ...(example !== undefined && { placeholder: example }) };
  return ofText({ placeholder: 'ADDRESS', ...rest }, control, mailAddress);
}

const hostName = z
  .string()
  .trim()
  .max(253)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:]+$/,
    'a host name such as outlook.office365.com, without https:// and port',
  );

export function host(said: Said): Field<string, 'stored'> {
  return ofText({ placeholder: 'HOST', ...said }, { kind: 'text', mono: true }, hostName);
}

export function number(said: Said & { schema: z.ZodType<number, unknown> }): Field<number, 'stored'> {
  const { schema, ...rest } = said;
  return ofText(rest, { kind: 'number' }, schema);
}

export function port(said: Said): Field<number, 'stored'> {
  return number({ placeholder: 'PORT', schema: z.coerce.number().int().min(1).max(65535), ...said });
}

export function url(
  said: Said & { schema: z.ZodType<string, unknown>; example?: string },
): Field<string, 'stored'> {
  const { schema, example = 'https://', ...rest } = said;
  return ofText({ placeholder: 'URL', ...rest }, { kind: 'url', mono: true, placeholder: example }, schema);
}

/** RFC 6749 3.1, 3.2; and a password in a URL ends up in logs. */
export const httpsUrl = z
  .url({ protocol: /^https$/, error: 'a URL beginning with https://' })
  .trim()
  .refine((value) => {
    // Told already.
    if (!URL.canParse(value)) return true;
    const { hash, username, password } = new URL(value);
    return `${hash}${username}${password}` === '';
  }, 'a URL without # and without a user name');

export function day(said: Said): Field<string, 'stored'> {
  return ofText({ placeholder: 'DATE', ...said }, { kind: 'date' }, z.iso.date());
}

/** The same field where it need not be given: null then, also for an empty text. */
export function optional<Value>(field: Field<Value, 'stored'>): Field<Value | null, 'stored'> {
  const nullable = (schema: z.ZodType) =>
    z.preprocess((value) => (value === '' ? null : value), schema.nullable());
  return {
    ...field,
    input: nullable(field.input),
    stored: field.stored.nullable() as z.ZodType<Value | null>,
    fallback: null,
    read: (typed) => (typed.trim() === '' ? null : field.read(typed)),
    write: (value) => (value === null ? '' : field.write(value)),
    show: (value) => (value === null ? null : field.show(value)),
  };
}

/** A text of several lines, as it was typed. */
export function area(said: Said & { schema: z.ZodType<string, unknown>; rows: number; mono?: boolean }) {
  const { schema, rows, mono = false, ...rest } = said;
  return {
    ...ofText(rest, { kind: 'area', rows, mono }, schema),
    read: (typed: string): unknown => typed.replaceAll('\r\n', '\n').trim(),
  };
}

/** PEM of certificates; long, so that lists and facts only say that there is one. */
export function certificateAuthority(said: Pick<Said, 'group'>): Field<string | null, 'stored'> {
  const pem = z
    .string()
    .max(100_000)
    .refine(isPem, 'one or more certificates in PEM, beginning with -----BEGIN CERTIFICATE-----');
  return {
    ...optional(
      area({
        label: 'Private certificate authority',
        help: 'PEM, beginning with -----BEGIN CERTIFICATE-----. Only for servers with certificates of your own.',
        folded: true,
        placeholder: 'FILE',
        schema: pem,
        rows: 4,
        mono: true,
        ...said,
      }),
    ),
    fromFile: 'PEM file',
    show: (value) => value && 'A private one, given as PEM',
  };
}

function isPem(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** One of these; all are seen at once, or with `many` one after another. */
export function choice<const Value extends string = string>(
  said: Said & { choices: readonly (Choice & { value: Value })[]; fallback?: NoInfer<Value>; many?: boolean },
): Field<Value, 'stored'> {
  const { choices, fallback, many = false, ...rest } = said;
  const schema = z.enum(
    choices.map(({ value }) => value) as [Value, ...Value[]],
  ) as unknown as z.ZodType<Value>;
  return {
    ...rest,
    role: 'stored',
    control: { kind: many ? 'select' : 'choice', choices },
    input: schema,
    stored: schema,
    ...(fallback !== undefined && { fallback }),
    read: (typed) => (typed === '' && said.follows !== undefined ? undefined : typed),
    write: (value) => value ?? '',
    show: (value) => choices.find((one) => one.value === value)?.label ?? value,
  };
}

/** Any of these, at least one. */
export function choices<const Value extends string = string>(
  said: Said & { choices: readonly (Choice & { value: Value })[]; fallback: NoInfer<Value>[] },
): Field<Value[], 'stored'> {
  const { choices: all, fallback, ...rest } = said;
  const one = z.enum(all.map(({ value }) => value) as [Value, ...Value[]]) as unknown as z.ZodType<Value>;
  const schema = z.array(one).min(1).max(all.length);
  return {
    ...rest,
    role: 'stored',
    control: { kind: 'ticks', choices: all },
    input: schema,
    stored: z.array(one),
    fallback,
    read: (typed) => linesOf(typed),
    write: (value) => value.join('\n'),
    show: (value) => value.map((name) => all.find((known) => known.value === name)?.label ?? name).join(', '),
  };
}

export function tick(said: Said & { fallback: boolean }): Field<boolean, 'stored'> {
  return {
    ...said,
    role: 'stored',
    control: { kind: 'tick' },
    input: z.boolean(),
    stored: z.boolean(),
    read: (typed) => typed === 'on',
    write: (value) => (value ? 'on' : ''),
    show: (value) => (value ? 'Yes' : 'No'),
  };
}

/** Texts, one a line; or separated by white space and commas where `words`. */
export function list(
  said: Said & {
    of: z.ZodType<string, unknown>;
    min?: number;
    max: number;
    rows?: number;
    words?: RegExp;
    mono?: boolean;
    fallback: string[];
  },
): Field<string[], 'stored'> {
  const { of, min = 0, max, rows = 2, words, mono = false, fallback, ...rest } = said;
  const items = z.array(of).min(min).max(max);
  const split = (typed: string) => (words ? typed.split(words).filter(Boolean) : linesOf(typed));
  return {
    ...rest,
    role: 'stored',
    control: { kind: 'area', rows, mono, lines: true },
    input: words ? z.preprocess((value) => (typeof value === 'string' ? split(value) : value), items) : items,
    stored: z.array(z.string()),
    fallback,
    read: split,
    write: (value) => value.join('\n'),
    show: (value) => (words ? value.join(' ') : value.join(', ')) || null,
  };
}

const id = z.string().min(1).max(100);

/** A record of another resource. */
export function reference(said: Said & { to: string; fits?: Fits }): Field<string, 'stored'> {
  const { to, fits, ...rest } = said;
  return ofText(rest, { kind: 'reference', to, none: null, ...(fits && { fits }) }, id);
}

/** The same where there need not be one; `none` says what that means. */
export function optionalReference(
  said: Said & { to: string; none: string; fits?: Fits },
): Field<string | null, 'stored'> {
  const { none, ...rest } = said;
  const { control, ...field } = optional(reference(rest));
  return { ...field, control: { ...control, none } as Control };
}

/** The same field, which offers only what fits. */
export function fitting<Value>(field: Field<Value, 'stored'>, fits: Fits): Field<Value, 'stored'> {
  return { ...field, control: { ...field.control, fits } as Control };
}

/** Some records of another resource; null, which `all` says, means all of them, also those added later. */
export function references(said: Said & { to: string; all: string }): Field<string[] | null, 'stored'> {
  const { to, all, ...rest } = said;
  return {
    ...rest,
    role: 'stored',
    control: { kind: 'references', to },
    input: z.array(z.string().min(1)).max(1000).nullable(),
    stored: z.array(z.string()).nullable(),
    fallback: null,
    read: (typed) => linesOf(typed),
    write: (value) => (value ?? []).join('\n'),
    show: (value) => value?.join(', ') ?? all,
  };
}

/** Byte for byte (P3); a line end or tab is no part of a secret, but of the file it was copied from. */
export const secretText = z
  .string()
  .max(10_000)
  .regex(/^\P{Cc}*$/u, 'one line without tabs or line ends');

/** Sealed beside the record, and never shown again. Left empty in a change, the present one stays. */
export function secret(
  said: Said & {
    sealedAs: string;
    schema?: z.ZodType<string, unknown>;
    rows?: number;
    variable?: string;
  },
): Field<string, 'secret'> {
  const { schema = secretText, rows, sealedAs, required = false, ...rest } = said;
  return {
    ...rest,
    role: 'secret',
    sealedAs,
    control: rows === undefined ? { kind: 'password', mono: true } : { kind: 'area', rows, mono: true },
    input: schema,
    stored: z.string(),
    ...(required ? { required } : { fallback: '' }),
    read: (typed) => typed || undefined,
    write: () => '',
    show: () => null,
  };
}

/** What only forms ask, to show and hide other fields; `viewOf` tells the answer for a record. */
export function view(
  said: Said & { choices: readonly Choice[]; viewOf: NonNullable<AnyField['viewOf']> },
): Field<string, 'view'> {
  const { choices: all, viewOf, ...rest } = said;
  return {
    ...rest,
    role: 'view',
    option: null,
    control: { kind: 'choice', choices: all },
    input: z.string(),
    stored: z.string(),
    fallback: all[0]?.value ?? '',
    viewOf,
    read: same,
    write: (value) => value,
    show: () => null,
  };
}

/**
 * A field made of others. `input` and `stored` are of the whole. With a tick it may be null: there is none.
 */
export function group<Value>(
  said: Said & {
    parts: Fields;
    input: z.ZodType;
    stored: z.ZodType<Value>;
    fallback: Value;
    optional: boolean;
    show: (value: Value) => string | null;
  },
): Field<Value, 'stored'> {
  const { optional: isOptional, ...rest } = said;
  return {
    ...rest,
    role: 'stored',
    control: isOptional ? { kind: 'tick' } : { kind: 'choice', choices: [] },
    read: same,
    write: (value) => (isOptional && value !== null ? 'on' : ''),
  };
}

/** The lines of a text area that hold something. */
function linesOf(typed: string): string[] {
  return typed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
