import type { z } from 'zod';
import { type FieldProblem, invalidInput, someValue } from '../model/problem.ts';

/** Longer values are cut where they are quoted back. */
const quotedLength = 80;

/**
 * Input checked against its schema. Throws `input.invalid` naming every wrong field, what was expected and,
 * unless the field is named in `secret`, what was given.
 */
export function validate<T>(schema: z.ZodType<T>, input: unknown, options: { secret?: string[] } = {}): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(problemsOf(result.error, input, options));
}

/** What is wrong with an input, by field, in plain words. */
export function problemsOf(
  error: z.core.$ZodError,
  input: unknown,
  { secret = [] }: { secret?: string[] } = {},
): FieldProblem[] {
  return error.issues.flatMap((issue) => toFieldProblems(issue, input, secret));
}

function toFieldProblems(issue: z.core.$ZodIssue, input: unknown, secret: string[]): FieldProblem[] {
  const path = issue.path.map(String);
  // What was given is not shown: the value of a mistyped `clientsecret` is a secret all the same.
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      expected: 'nothing, as there is no such field',
    }));
  const given = path.some((name) => secret.includes(name)) ? undefined : quote(valueAt(input, path));
  return [
    {
      field: path.join('.') || 'input',
      expected: expectation(issue),
      ...(given !== undefined && { given }),
    },
  ];
}

function valueAt(input: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
    input,
  );
}

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with named fields',
  record: 'an object with named fields',
  null: 'nothing',
  nonoptional: someValue,
};

const formats: Record<string, string> = {
  email: 'a mail address such as support@contoso.com',
  url: 'a URL',
  date: 'a date such as 2027-06-30',
  datetime: 'an instant in UTC such as 2027-06-30T08:00:00Z',
};

/** How zod's own messages begin; any other was written in the schema, for people. */
const ownMessage = /^(Invalid|Too|Unrecognized)\b/;

function expectation(issue: z.core.$ZodIssue): string {
  if (!ownMessage.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? issue.expected;
    case 'invalid_format':
      return formats[issue.format] ?? 'another form';
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options.map(String))
        : [...new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation)))].join(', or ');
    case 'too_small':
      return atLeast(issue.minimum, issue.origin);
    case 'too_big':
      return `at most ${amount(issue.maximum, issue.origin)}`;
    default:
      return 'another value';
  }
}

function oneOf(values: string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

function atLeast(limit: number | bigint, origin: string): string {
  const notEmpty = Number(limit) === 1 && (origin === 'string' || origin === 'array');
  return notEmpty ? someValue : `at least ${amount(limit, origin)}`;
}

function amount(limit: number | bigint, origin: string): string {
  const one = Number(limit) === 1;
  if (origin === 'string') return `${limit} character${one ? '' : 's'}`;
  return origin === 'array' ? `${limit} ${one ? 'entry' : 'entries'}` : `${limit}`;
}

/** Shown only where it is a single value: an object may hold more than the person meant to show. */
function quote(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = value === '' ? 'nothing' : String(value);
  return text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text;
}
