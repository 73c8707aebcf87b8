import { createHmac } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { z } from 'zod';
import type { DeliveringKind } from '../../../src/delivery/destination.ts';
import type { DestinationConfig } from '../../../src/resources/destination.ts';
import type { ValuesOf } from '../../../src/resources/field.ts';
import { choice } from '../../../src/resources/fields/choice.ts';
import { list } from '../../../src/resources/fields/list.ts';
import { secret } from '../../../src/resources/fields/secret.ts';
import { text } from '../../../src/resources/fields/text.ts';

const fields = {
  file: text({
    label: 'File',
    help: 'Messages are appended to it, one a line.',
    max: 500,
    mono: true,
    column: 'TO',
  }),
  format: choice({
    label: 'Format',
    fallback: 'subjects',
    choices: [
      { value: 'subjects', label: 'Subjects only' },
      { value: 'signed', label: 'Signed lines', help: 'Each with a code that only the key can make.' },
    ],
  }),
  key: secret({ label: 'Key', when: { format: ['signed'] }, sealedAs: 'line-key', placeholder: 'KEY' }),
  digits: choice({
    label: 'Digits of the code',
    when: { format: ['signed'] },
    fallback: 'few',
    choices: [
      { value: 'few', label: 'Eight' },
      { value: 'all', label: 'All' },
    ],
  }),
  words: list({ label: 'Only with words', of: z.string().max(50), max: 10, fallback: [], option: 'word' }),
};

type FileConfig = DestinationConfig & ValuesOf<typeof fields>;

/** A kind of destination that nobody but this test knows: a file. Its second version calls `path` what it is, `file`. */
export const folder: DeliveringKind = {
  name: 'folder',
  label: 'File in a folder',
  help: 'Appended to, on this machine.',
  fields,
  version: 2,
  migrations: { 1: ({ path, ...record }) => ({ ...record, file: path }) },
  targetOf: ({ file }) => String(file),
  check({ format, words, file }: FileConfig, { secrets }) {
    return [
      ...(format === 'signed' && !secrets.key?.given && !secrets.key?.kept
        ? [{ field: 'key', expected: 'the key that lines are signed with' }]
        : []),
      ...(words.length > 0 && file.endsWith('.all')
        ? [{ field: 'words', expected: 'nothing, as a file .all takes all', given: words.join(', ') }]
        : []),
    ];
  },
  open: ({
    destination,
    secret: secretOf,
  }: {
    destination: FileConfig;
    secret: (name: string) => Promise<string | null>;
  }) => ({
    async deliver({ message }) {
      const key = destination.format === 'signed' ? await secretOf('line-key') : null;
      const code = key === null ? '' : ` ${createHmac('sha256', key).update(message.subject).digest('hex')}`;
      const shown = destination.digits === 'few' ? code.slice(0, 9) : code;
      await appendFile(destination.file, `${message.subject}${shown}\n`);
      return { kind: 'accepted' };
    },
  }),
};
