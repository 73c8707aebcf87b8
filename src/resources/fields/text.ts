import { z } from 'zod';
import type { Field } from '../field.ts';
import { type Description, ofText } from './description.ts';

type TextDescription = Description & {
  max: number;
  pattern?: [RegExp, string];
  mono?: boolean;
  placeholder?: string;
  example?: string;
};

/** One line of text, without what is before and after it. */
export function text({
  max,
  pattern,
  mono = false,
  example,
  ...description
}: TextDescription): Field<string, 'stored'> {
  const plain = z.string().trim().min(1).max(max);
  const schema = pattern
    ? z
        .string()
        .trim()
        .min(1)
        .max(max)
        .regex(...pattern)
    : plain;
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

export function number(
  description: Description & { schema: z.ZodType<number, unknown> },
): Field<number, 'stored'> {
  const { schema, ...rest } = description;
  return ofText(rest, { kind: 'number' }, schema);
}
