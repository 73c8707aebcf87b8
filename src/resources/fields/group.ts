import type { z } from 'zod';
import type { Field, Fields } from '../field.ts';
import type { Description } from './description.ts';

/**
 * A field made of others. `input` and `stored` are of the whole. With a tick it may be null: there is none.
 */
export function group<Value>(
  description: Description & {
    parts: Fields;
    input: z.ZodType;
    stored: z.ZodType<Value>;
    fallback: Value;
    optional: boolean;
    show: (value: Value) => string | null;
  },
): Field<Value, 'stored'> {
  const { optional: isOptional, ...rest } = description;
  return {
    ...rest,
    role: 'stored',
    control: isOptional ? { kind: 'tick' } : { kind: 'choice', choices: [] },
    read: (typed) => typed,
    write: (value) => (isOptional && value !== null ? 'on' : ''),
  };
}
