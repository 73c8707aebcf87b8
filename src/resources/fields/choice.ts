import { z } from 'zod';
import type { AnyField, Choice, Field } from '../field.ts';
import { type Description, linesOf } from './description.ts';

/** One of these; all are seen at once, or with `many` one after another. */
export function choice<const Value extends string = string>(
  description: Description & {
    choices: readonly (Choice & { value: Value })[];
    fallback?: NoInfer<Value>;
    many?: boolean;
  },
): Field<Value, 'stored'> {
  const { choices, fallback, many = false, ...rest } = description;
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
    read: (typed) => (typed === '' && description.follows !== undefined ? null : typed),
    write: (value) => value ?? '',
    show: (value) => choices.find((one) => one.value === value)?.label ?? value,
  };
}

/** Whether no value is there twice. */
export function isOnceEach(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** Any of these, at least one. */
export function choices<const Value extends string = string>(
  description: Description & { choices: readonly (Choice & { value: Value })[]; fallback: NoInfer<Value>[] },
): Field<Value[], 'stored'> {
  const { choices: all, fallback, ...rest } = description;
  const one = z.enum(all.map(({ value }) => value) as [Value, ...Value[]]) as unknown as z.ZodType<Value>;
  const schema = z.array(one).min(1).max(all.length).refine(isOnceEach, 'each of them once');
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

export function tick(description: Description & { fallback: boolean }): Field<boolean, 'stored'> {
  return {
    ...description,
    role: 'stored',
    control: { kind: 'tick' },
    input: z.boolean(),
    stored: z.boolean(),
    read: (typed) => typed === 'on',
    write: (value) => (value ? 'on' : ''),
    show: (value) => (value ? 'Yes' : 'No'),
  };
}

/** What only forms ask, to show and hide other fields; `viewOf` tells the answer for a record. */
export function view(
  description: Description & { choices: readonly Choice[]; viewOf: NonNullable<AnyField['viewOf']> },
): Field<string, 'view'> {
  const { choices: all, viewOf, ...rest } = description;
  return {
    ...rest,
    role: 'view',
    option: null,
    control: { kind: 'choice', choices: all },
    input: z.string(),
    stored: z.string(),
    fallback: all[0]?.value ?? '',
    viewOf,
    read: (typed) => typed,
    write: (value) => value,
    show: () => null,
  };
}
