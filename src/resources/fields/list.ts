import { z } from 'zod';
import type { Field } from '../field.ts';
import { type Description, linesOf } from './description.ts';

/** Texts, one a line; or separated by white space and commas where `words`. */
export function list(
  description: Description & {
    of: z.ZodType<string, unknown>;
    min?: number;
    max: number;
    rows?: number;
    words?: RegExp;
    mono?: boolean;
    fallback: string[];
  },
): Field<string[], 'stored'> {
  const { of, min = 0, max, rows = 2, words, mono = false, fallback, ...rest } = description;
  const items = z.array(of).min(min).max(max);
  const split = (typed: string) => (words ? typed.split(words).filter(Boolean) : linesOf(typed));
  return {
    ...rest,
    role: 'stored',
    control: { kind: 'area', rows, mono, lines: true },
    input: words ? z.preprocess((value) => (typeof value === 'string' ? split(value) : value), items) : items,
    stored: z.array(z.string()),
    fallback,
    read: split,
    write: (value) => value.join('\n'),
    show: (value) => (words ? value.join(' ') : value.join(', ')) || null,
  };
}
