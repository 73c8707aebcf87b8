import { z } from 'zod';
import type { Control, Field, Fits } from '../field.ts';
import { isOnceEach } from './choice.ts';
import { type Description, linesOf, ofText } from './description.ts';
import { optional } from './optional.ts';

const id = z.string().min(1).max(100);

/** A record of another resource. */
export function reference(description: Description & { to: string; fits?: Fits }): Field<string, 'stored'> {
  const { to, fits, ...rest } = description;
  return ofText(rest, { kind: 'reference', to, none: null, ...(fits && { fits }) }, id);
}

/** The same where there need not be one; `none` says what that means. */
export function optionalReference(
  description: Description & { to: string; none: string; fits?: Fits },
): Field<string | null, 'stored'> {
  const { none, ...rest } = description;
  const { control, ...field } = optional(reference(rest));
  return { ...field, control: { ...control, none } as Control };
}

/** The same field, which offers only what fits. */
export function fitting<Value>(field: Field<Value, 'stored'>, fits: Fits): Field<Value, 'stored'> {
  return { ...field, control: { ...field.control, fits } as Control };
}

/** Some records of another resource; null, which `all` says, means all of them, also those added later. */
export function references(
  description: Description & { to: string; all: string },
): Field<string[] | null, 'stored'> {
  const { to, all, ...rest } = description;
  return {
    ...rest,
    role: 'stored',
    control: { kind: 'references', to },
    input: z.array(z.string().min(1)).max(1000).refine(isOnceEach, 'each of them once').nullable(),
    stored: z.array(z.string()).nullable(),
    fallback: null,
    read: (typed) => linesOf(typed),
    write: (value) => (value ?? []).join('\n'),
    show: (value) => value?.join(', ') ?? all,
  };
}
