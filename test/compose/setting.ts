import { draftOf } from '../../src/compose/draft.ts';
import type { Letter } from '../../src/compose/letter.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import type { OutgoingServer } from '../../src/resources/outgoing-server/record.ts';

import { outgoingServer } from '../outgoing/setting.ts';

export const support: OutgoingServer = outgoingServer({ port: 587, displayName: 'Contoso Support' });

export function letter(fields: Partial<Letter> = {}): Letter {
  return {
    to: [{ name: 'Ann', address: 'ann@x.example' }],
    cc: [],
    bcc: [],
    subject: 'Hello',
    text: 'Good day.',
    html: null,
    answers: null,
    automatic: null,
    ...fields,
  };
}

/** The letter as a mail, and as it is read by whoever gets it. */
export async function composed(fields: Partial<Letter> = {}, server: OutgoingServer = support) {
  const { mail, raw } = await draftOf(server, letter(fields));
  const bytes = Buffer.from('bytes' in raw ? raw.bytes : []);
  const { content } = parseMessage(bytes);
  const field = (name: string) =>
    content.headers.filter((one) => one.name.toLowerCase() === name.toLowerCase()).map(({ value }) => value);
  return { mail, bytes, source: bytes.toString('latin1'), content, field };
}
