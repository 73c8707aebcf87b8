import { z } from 'zod';
import type { Field } from '../field.ts';

/** Whether something shall be there twice: asked only where it would be. */
export const duplicateField: Field<string | null, 'answer'> = {
  role: 'answer',
  label: 'Save it all the same',
  help: 'It is meant to be there twice.',
  option: 'allow-duplicate',
  control: { kind: 'tick' },
  input: z.preprocess((value) => (value === true ? 'allow' : value), z.literal('allow')),
  stored: z.string().nullable(),
  fallback: null,
  read: (typed) => (typed === 'on' ? 'allow' : undefined),
  write: (value) => (value === null ? '' : 'on'),
  show: (value) => value,
};
