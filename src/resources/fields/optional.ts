import { z } from 'zod';
import type { Field } from '../field.ts';

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
