import { z } from 'zod';
import type { Field } from '../field.ts';
import { type Description, ofText } from './description.ts';

/** No control characters, and no half of a surrogate pair. */
export const oneLine = /^[^\p{Cc}\p{Cs}]*$/u;

type TextDescription = Description & {
  max: number;
  mono?: boolean;
  placeholder?: string;
  example?: string;
};

/** One line of text, without what is before and after it. */
export function text({
  max,
  mono = false,
  example,
  ...description
}: TextDescription): Field<string, 'stored'> {
  const schema = z.string().trim().min(1).max(max).regex(oneLine, 'one line of text');
  return ofText(
    description,
    { kind: 'text', mono, ...(example !== undefined && { placeholder: example }) },
    schema,
  );
}

/** What any record is called. */
export function nameField(description: { help: string }): Field<string, 'stored'> {
  return text({ label: 'Name', max: 100, option: 'name', placeholder: 'NAME', quiet: true, ...description });
}

export function day(description: Description): Field<string, 'stored'> {
  return ofText({ placeholder: 'DATE', ...description }, { kind: 'date' }, z.iso.date());
}

/** A text of several lines, as it was typed. */
export function area(
  description: Description & { schema: z.ZodType<string, unknown>; rows: number; mono?: boolean },
) {
  const { schema, rows, mono = false, ...rest } = description;
  return {
    ...ofText(rest, { kind: 'area', rows, mono }, schema),
    read: (typed: string): unknown => typed.replaceAll('\r\n', '\n').trim(),
  };
}

/** A whole number, also as its digits. */
export function wholeNumber(least: number, most: number): z.ZodType<number, unknown> {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value),
    z.number().int().min(least).max(most),
  );
}

export function number(
  description: Description & { schema: z.ZodType<number, unknown> },
): Field<number, 'stored'> {
  const { schema, ...rest } = description;
  return ofText(rest, { kind: 'number' }, schema);
}
