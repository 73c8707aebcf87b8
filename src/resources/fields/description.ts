import type { z } from 'zod';
import type { Condition, Control, Field } from '../field.ts';

/** What is said of any field; the rest follows from what kind of field it is. */
export interface Description {
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

/** A field of one line of text, by its schema; the base of most others. */
export function ofText<Value extends string | number>(
  description: Description,
  control: Control,
  input: z.ZodType<Value, unknown>,
): Field<Value, 'stored'> {
  return {
    ...description,
    role: 'stored',
    control,
    input,
    stored: input,
    // What must be given is told to be missing by the schema; what follows from others does so anew.
    read: (text) => (description.follows !== undefined && text.trim() === '' ? null : text.trim()),
    write: (value) => String(value ?? ''),
    show: (value) => (value === null || (value as unknown) === '' ? null : String(value)),
  };
}

/** The lines of a text area that hold something. */
export function linesOf(typed: string): string[] {
  return typed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
