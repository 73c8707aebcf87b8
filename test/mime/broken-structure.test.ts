import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeAttachment } from '../../src/mime/decode.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { defectsOf, mail } from './mail.ts';

interface Case {
  why: string;
  lines: string[];
  text?: string | null;
  html?: string | null;
  /** Name and content of each attachment. */
  files?: [name: string | null, content: string][];
  defects?: string[];
}

const multipart = (boundary: string, subtype = 'mixed') =>
  `Content-Type: multipart/${subtype}; boundary="${boundary}"`;
const pdf = ['Content-Type: application/pdf', 'Content-Disposition: attachment; filename=a.pdf', '', 'PDF'];
/** A text and a file, as they lie in a multipart. */
const parts = (boundary: string) => [
  `--${boundary}`,
  'Content-Type: text/plain',
  '',
  'Hello',
  `--${boundary}`,
  ...pdf,
  `--${boundary}--`,
];
const both: Pick<Case, 'text' | 'html' | 'files'> = { text: 'Hello', html: null, files: [['a.pdf', 'PDF']] };
const base64 = (...lines: string[]) =>
  Buffer.from(lines.join('\r\n'), 'latin1')
    .toString('base64')
    .match(/.{1,76}/g) ?? [];
const quoted = (...lines: string[]) => lines.map((line) => line.replaceAll('=', '=3D'));

async function check({ why: _, lines, defects = [], ...expected }: Case): Promise<void> {
  const source = mail(...lines);
  const { content } = parseMessage(source);
  async function* read(offset: number, length: number) {
    yield source.subarray(offset, offset + length);
  }
  const files: [string | null, string][] = [];
  for (const attachment of content.attachments) {
    const pieces: Uint8Array[] = [];
    for await (const piece of decodeAttachment(attachment, read)) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    assert.equal(bytes.length, attachment.size);
    files.push([attachment.filename, bytes.toString()]);
  }
  const { text, html } = content;
  const actual: object = { text, html, files };
  assert.deepEqual({ ...actual, ...expected }, actual);
  assert.deepEqual(defectsOf(content), defects);
}

const boundaries: Case[] = [
  {
    why: 'a closing one before any part closes nothing',
    lines: [multipart('b'), '', '--b--', ...parts('b')],
    ...both,
    defects: ['boundary-closed-early'],
  },
  {
    why: 'nor do two of them',
    lines: [multipart('b'), '', '--b--', '--b--', ...parts('b')],
    ...both,
    defects: ['boundary-closed-early'],
  },
  {
    why: 'nor does one in an inner multipart',
    lines: [multipart('o'), '', '--o', multipart('b'), '', '--b--', ...parts('b'), '--o--'],
    ...both,
    defects: ['boundary-closed-early'],
  },
  {
    why: 'what stands behind one that has no parts is text',
    lines: [multipart('b'), '', '--b--', 'Hello'],
    text: 'Hello',
    files: [],
    defects: ['boundary-not-found', 'boundary-closed-early'],
  },
  {
    why: 'a closing one right before another part closes nothing',
    lines: [multipart('b'), '', '--b', '', 'Hello', '--b--', '--b', ...pdf, '--b--'],
    ...both,
    defects: ['boundary-closed-early'],
  },
  {
    why: 'of an inner multipart likewise',
    lines: [
      multipart('o'),
      '',
      '--o',
      multipart('b'),
      '',
      '--b',
      '',
      'Hello',
      '--b--',
      '',
      '--b',
      ...pdf,
      '--b--',
      '--o--',
    ],
    ...both,
    defects: ['boundary-closed-early'],
  },
  {
    why: 'behind an epilogue it stays closed',
    lines: [multipart('b'), '', '--b', '', 'Hello', '--b--', 'The end', '--b', ...pdf],
    text: 'Hello',
    files: [],
    defects: ['epilogue-not-empty'],
  },
  {
    why: 'one that is not named is found by its lines',
    lines: ['Content-Type: multipart/mixed', '', ...parts('xyz')],
    ...both,
    defects: ['boundary-missing', 'boundary-guessed'],
  },
  {
    why: 'an empty one alike',
    lines: ['Content-Type: multipart/mixed; boundary=""', '', ...parts('xyz')],
    ...both,
    defects: ['boundary-missing', 'boundary-guessed'],
  },
  {
    why: 'one that does not occur alike',
    lines: [multipart('wrong'), '', ...parts('right')],
    ...both,
    defects: ['boundary-guessed'],
  },
  {
    why: 'with another case of letters',
    lines: [multipart('ABC'), '', ...parts('abc')],
    ...both,
    defects: ['boundary-guessed'],
  },
  {
    why: 'cut short in the header',
    lines: [multipart('----=_Part_1'), '', ...parts('----=_Part_1_234.567')],
    ...both,
    defects: ['boundary-guessed'],
  },
  {
    why: 'behind the usual note',
    lines: [multipart('wrong'), '', 'This is a multi-part message in MIME format.', ...parts('right')],
    ...both,
    defects: ['boundary-guessed'],
  },
  {
    why: 'of parts without a header',
    lines: [multipart('wrong'), '', '--right', '', 'Hello', '--right--'],
    text: 'Hello',
    files: [],
    defects: ['boundary-guessed'],
  },
  {
    why: 'in an inner multipart',
    lines: [multipart('o'), '', '--o', multipart('wrong'), '', ...parts('right'), '--o--'],
    ...both,
    defects: ['boundary-guessed'],
  },
  {
    why: 'the one that is named still counts behind one that was found',
    lines: [multipart('b'), '', '--x', 'Content-Type: text/plain', '', 'Hello', '--b', ...pdf, '--b--'],
    ...both,
    defects: ['boundary-guessed'],
  },
  {
    why: 'a rule in a text is none',
    lines: [multipart('b'), '', 'Hello', '-----', '', 'Bye'],
    text: 'Hello\n-----\n\nBye',
    defects: ['boundary-not-found'],
  },
  {
    why: 'the end of a letter is none',
    lines: [multipart('b'), '', 'Hello', '--Joe', '', 'PS'],
    text: 'Hello\n--Joe\n\nPS',
    defects: ['boundary-not-found'],
  },
  {
    why: 'white space behind them is nothing',
    lines: [multipart('b'), '', '--b  ', '', 'Hello', '--b\t', ...pdf, '--b-- '],
    ...both,
  },
  {
    why: 'white space before the hyphens that close',
    lines: [multipart('b'), '', '--b', '', 'Hello', '--b', ...pdf, '--b --', ' '],
    ...both,
  },
  {
    why: 'one that is the beginning of another',
    lines: [multipart('a'), '', '--a', multipart('ab'), '', ...parts('ab'), '--a--'],
    ...both,
  },
  {
    why: 'one that another begins with',
    lines: [multipart('ab'), '', '--ab', multipart('a'), '', ...parts('a'), '--ab--'],
    ...both,
  },
  { why: 'one that ends in two hyphens', lines: [multipart('b--'), '', ...parts('b--')], ...both },
  {
    why: 'one with a colon, without an empty line before it',
    lines: [multipart('b:1'), ...parts('b:1')],
    ...both,
    defects: ['header-end-missing'],
  },
  {
    why: 'a part without header, directly behind the header of its multipart',
    lines: [multipart('o'), '', '--o', multipart('b'), '--b', '', 'Hello', '--b', ...pdf, '--b--', '--o--'],
    ...both,
    defects: ['header-end-missing'],
  },
  {
    why: 'fields directly before the first one',
    lines: [multipart('b'), 'X-Mailer: x', '--b', '', 'Hello', '--b', ...pdf, '--b--'],
    ...both,
    defects: ['header-end-missing'],
  },
  {
    why: 'never closed, nested',
    lines: [multipart('o'), '', '--o', multipart('b'), '', '--b', '', 'Hello', '--b', ...pdf],
    ...both,
    defects: ['boundary-not-closed'],
  },
  {
    why: 'a part without header and without an empty line',
    lines: [multipart('b'), '', '--b', 'Hello you', '--b', ...pdf, '--b--'],
    ...both,
    text: 'Hello you',
    defects: ['header-end-missing'],
  },
];

const contentTypes: Case[] = [
  {
    why: 'an empty one says nothing',
    lines: ['Content-Type:', multipart('b'), '', ...parts('b')],
    ...both,
    defects: ['field-repeated'],
  },
  {
    why: 'nor behind the right one',
    lines: [multipart('b'), 'Content-Type: ', '', ...parts('b')],
    ...both,
    defects: ['field-repeated'],
  },
  {
    why: 'of two boundaries the second occurs',
    lines: [multipart('x'), multipart('b'), '', ...parts('b')],
    ...both,
    defects: ['field-repeated'],
  },
  {
    why: 'of two boundaries the first occurs',
    lines: [multipart('b'), multipart('x'), '', ...parts('b')],
    ...both,
    defects: ['field-repeated'],
  },
  {
    why: 'of three',
    lines: [multipart('x'), multipart('y'), multipart('b'), '', ...parts('b')],
    ...both,
    defects: ['field-repeated'],
  },
  {
    why: 'text/plain before a multipart whose boundary occurs',
    lines: ['Content-Type: text/plain', multipart('b'), '', ...parts('b')],
    ...both,
    defects: ['field-repeated'],
  },
  {
    why: 'text/plain before a multipart whose boundary does not occur',
    lines: ['Content-Type: text/plain', multipart('b'), '', 'Hello'],
    text: 'Hello',
    defects: ['field-repeated', 'boundary-not-found'],
  },
  {
    why: 'text/html before a multipart whose boundary does not occur',
    lines: ['Content-Type: text/html', multipart('b'), '', '<p>Hello</p>'],
    text: 'Hello',
    html: '<p>Hello</p>',
    defects: ['field-repeated', 'boundary-not-found'],
  },
  {
    why: 'a type that is none before a right one',
    lines: ['Content-Type: mixed', multipart('b'), '', ...parts('b')],
    ...both,
    defects: ['field-repeated'],
  },
  {
    why: 'plain text and html, of html',
    lines: ['Content-Type: text/plain', 'Content-Type: text/html', '', '<html><p>Hello</p></html>'],
    text: 'Hello',
    html: '<html><p>Hello</p></html>',
    defects: ['field-repeated'],
  },
  {
    why: 'html and plain text, of plain text',
    lines: ['Content-Type: text/html', 'Content-Type: text/plain', '', 'Hello'],
    text: 'Hello',
    html: null,
    defects: ['field-repeated'],
  },
  {
    why: 'a charset that only the second names',
    lines: ['Content-Type: text/plain', 'Content-Type: text/plain; charset=koi8-r', '', '\xd0\xd2'],
    text: 'пр',
    defects: ['field-repeated'],
  },
  {
    why: 'in a part',
    lines: [multipart('o'), '', '--o', 'Content-Type:', multipart('b'), '', ...parts('b'), '--o--'],
    ...both,
  },
];

const encodedMultiparts: Case[] = [
  {
    why: 'in base64',
    lines: [multipart('b'), 'Content-Transfer-Encoding: base64', '', ...base64(...parts('b'))],
    ...both,
    defects: ['encoding-of-multipart'],
  },
  {
    why: 'in quoted-printable',
    lines: [multipart('=b'), 'Content-Transfer-Encoding: quoted-printable', '', ...quoted(...parts('=b'))],
    ...both,
    defects: ['encoding-of-multipart'],
  },
  {
    why: 'not in fact',
    lines: [multipart('b'), 'Content-Transfer-Encoding: base64', '', ...parts('b')],
    ...both,
    defects: ['encoding-of-multipart'],
  },
  {
    why: 'within a multipart',
    lines: [
      multipart('o'),
      '',
      '--o',
      multipart('b'),
      'Content-Transfer-Encoding: base64',
      '',
      ...base64(...parts('b')),
      '--o--',
    ],
    ...both,
    defects: ['encoding-of-multipart'],
  },
  {
    why: 'with an encoded part',
    lines: [
      multipart('b'),
      'Content-Transfer-Encoding: base64',
      '',
      ...base64(
        '--b',
        'Content-Type: application/pdf; name=a.pdf',
        'Content-Transfer-Encoding: base64',
        '',
        'UERG',
        '--b',
        '',
        'Hello',
        '--b--',
      ),
    ],
    ...both,
    defects: ['encoding-of-multipart'],
  },
  {
    why: 'with a multipart in it',
    lines: [
      multipart('o'),
      'Content-Transfer-Encoding: base64',
      '',
      ...base64('--o', multipart('b'), '', ...parts('b'), '--o--'),
    ],
    ...both,
    defects: ['encoding-of-multipart'],
  },
  {
    why: 'without any boundary: it is text',
    lines: [multipart('b'), 'Content-Transfer-Encoding: base64', '', ...base64('Hello')],
    text: 'Hello',
    files: [],
    defects: ['encoding-of-multipart', 'boundary-not-found'],
  },
  {
    why: 'whose boundary is another',
    lines: [multipart('x'), 'Content-Transfer-Encoding: base64', '', ...base64(...parts('b'))],
    ...both,
    defects: ['encoding-of-multipart', 'boundary-guessed'],
  },
  {
    why: 'a message within the message',
    lines: [
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: base64',
      '',
      ...base64('Subject: x', '', 'y'),
    ],
    text: null,
    files: [[null, 'Subject: x\r\n\r\ny']],
  },
];

const leftOut: Case[] = [
  {
    why: 'text before the first boundary',
    lines: [multipart('b'), '', 'Dear all,', '', 'read this', ...parts('b')],
    ...both,
    defects: ['preamble-not-empty'],
  },
  {
    why: 'not the usual note',
    lines: [multipart('b'), '', 'This is a multi-part message in MIME format.', ...parts('b')],
    ...both,
  },
  {
    why: 'text behind the usual note',
    lines: [multipart('b'), '', 'This is in MIME format.', '', 'Dear all', ...parts('b')],
    ...both,
    defects: ['preamble-not-empty'],
  },
  {
    why: 'text behind the last boundary',
    lines: [multipart('b'), '', ...parts('b'), 'Unsubscribe here'],
    ...both,
    defects: ['epilogue-not-empty'],
  },
  { why: 'not white space', lines: [multipart('b'), '', ' ', '', ...parts('b'), '', '\t', ''], ...both },
  {
    why: 'text behind an inner multipart',
    lines: [multipart('o'), '', '--o', multipart('b'), '', ...parts('b'), 'lost', '--o--'],
    ...both,
    defects: ['epilogue-not-empty'],
  },
];

const base64Ends: Case[] = (
  [
    ['behind padding', ['SGVsbG8gYWxsIQ==', '', '_______', 'List of all'], 'Hello all!'],
    ['without padding, at a rule', ['SGVsbG8h', '____________', 'Unsubscribe at all times'], 'Hello!'],
    ['without padding, at the mark of a signature', ['SGVsbG8h', '-- ', 'Joe'], 'Hello!'],
    ['without padding, at words', ['SGVsbG8h', 'This message was scanned.'], 'Hello!'],
    ['behind padding, at one word', ['SGVsbG8gYWxsIQ==', 'Disclaimer'], 'Hello all!'],
    ['in the middle of the alphabet', ['SGVsbG8gYWxsIQ==', 'It is confidential (c) 2024'], 'Hello all!'],
  ] as const
).map(([why, lines, text]) => ({
  why,
  lines: ['Content-Transfer-Encoding: base64', '', ...lines],
  text,
  defects: ['base64-trailing'],
}));

for (const [what, cases] of Object.entries({
  'boundaries are not as they should be': boundaries,
  'there are several Content-Type fields': contentTypes,
  'a multipart is encoded as a whole': encodedMultiparts,
  'what is left out is named': leftOut,
  'base64 ends': base64Ends,
}))
  describe(`no text and no attachment disappears: ${what}`, () => {
    for (const each of cases) test(each.why, () => check(each));
  });

test('text that is said to be base64 and is not stays as it is', () =>
  check({
    why: '',
    lines: ['Content-Transfer-Encoding: base64', '', 'Hello, this is not base64.', 'SGVsbG8h'],
    text: 'Hello, this is not base64.\nSGVsbG8h',
    defects: ['base64-malformed'],
  }));
