import { z } from 'zod';
import { port } from '../../src/resources/fields/address.ts';
import { choice, tick } from '../../src/resources/fields/choice.ts';
import { group } from '../../src/resources/fields/group.ts';
import { optional } from '../../src/resources/fields/optional.ts';
import { secret } from '../../src/resources/fields/secret.ts';
import { nameField, text } from '../../src/resources/fields/text.ts';
import type { Resource } from '../../src/resources/resource.ts';

const tray = z.strictObject({
  paper: z.enum(['a4', 'custom']),
  millimetres: z.coerce.number().optional(),
});

const fields = {
  name: nameField({ help: 'As it stands on it.' }),
  lock: choice({
    label: 'Lock',
    placeholder: 'LOCK',
    when: { connection: ['network'] },
    fallback: 'open',
    choices: [
      { value: 'open', label: 'For everybody' },
      { value: 'pin', label: 'With a PIN' },
    ],
  }),
  pin: secret({ label: 'PIN', when: { lock: ['pin'] }, sealedAs: 'pin', required: true }),
  welcome: optional(text({ label: 'Words of welcome', when: { lock: ['open'] }, max: 100 })),
  tray: group<z.infer<typeof tray> | null>({
    label: 'It has a second tray',
    group: 'Paper',
    parts: {
      paper: choice({
        label: 'Paper in it',
        fallback: 'a4',
        choices: [
          { value: 'a4', label: 'A4' },
          { value: 'custom', label: 'Of another size' },
        ],
      }),
      millimetres: port({ label: 'Width in millimetres', when: { paper: ['custom'] } }),
    },
    input: tray.nullable(),
    stored: tray.nullable(),
    fallback: null,
    optional: true,
    show: (value) => value && `with ${value.paper}`,
  }),
  duplex: tick({ label: 'It prints on both sides', group: 'Paper', fallback: false, column: 'BOTH SIDES' }),
};

/**
 * A resource that the console has never heard of: kinds with fields of their own, a secret, fields that choices show and
 * hide, and one made of parts.
 */
export const printers: Resource = {
  type: 'printer',
  path: 'printers',
  command: 'printer',
  idPrefix: 'prn',
  title: 'office printer',
  noun: 'printer',
  version: 1,
  kind: {
    field: 'connection',
    label: 'Connected by',
    placeholder: 'CONNECTION',
    fallback: 'cable',
    column: 'CONNECTION',
    kinds: [
      { name: 'cable', label: 'A cable', fields: {} },
      {
        name: 'network',
        label: 'The network',
        fields: { hostName: text({ label: 'Host name', max: 100, mono: true }) },
      },
    ],
  },
  fields,
  removal: { what: 'the office printer', consequence: 'What it prints is thrown away.' },
};
