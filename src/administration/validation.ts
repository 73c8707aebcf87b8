import type { z } from 'zod';
import { type FieldProblem, invalidInput } from '../model/problem.ts';

/** Longer values are cut where they are quoted back. */
const quotedLength = 80;

/**
 * Input checked against its schema. Throws `input.invalid` naming every wrong field, what was expected and,
 * unless the field is named in `secret`, what was given.
 */
export function validate<T>(schema: z.ZodType<T>, input: unknown, options: { secret?: string[] } = {}): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(
    result.error.issues.flatMap((issue) => toFieldProblems(issue, input, options.secret ?? [])),
  );
}

function toFieldProblems(issue: z.core.$ZodIssue, input: unknown, secret: string[]): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), expected: 'no such field' }));
  const given = path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    input,
  );
  return [
    {
      field: path.join('.') || 'input',
      expected: expectation(issue),
      ...(given !== undefined && !secret.includes(path[0] ?? '') && { given: quote(given) }),
    },
  ];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'nonoptional' ? 'a value' : `${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? String(issue.values[0])
        : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? Number(issue.minimum) <= 1
          ? 'a value that is not empty'
          : `at least ${issue.minimum} ${issue.origin === 'string' ? 'characters' : 'entries'}`
        : `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}`
        : `at most ${issue.maximum}`;
    default:
      return issue.message.replace(/^Invalid input: expected /, '');
  }
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text;
}
