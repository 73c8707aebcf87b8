import { z } from 'zod';
import type { Field } from '../field.ts';
import type { Description } from './description.ts';

/** Byte for byte; a line end or tab is no part of a secret, but of the file it was copied from. */
export const secretText = z
  .string()
  .max(10_000)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'one line without tabs or line ends');

/** Sealed beside the record, and never shown again. Left empty in a change, the present one stays. */
export function secret(
  description: Description & {
    sealedAs: string;
    boundTo?: readonly string[];
    schema?: z.ZodType<string, unknown>;
    rows?: number;
    variable?: string;
  },
): Field<string, 'secret'> {
  const { schema = secretText, rows, sealedAs, required = false, ...rest } = description;
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
