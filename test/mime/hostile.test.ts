import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultLimits } from '../../src/mime/limits.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { defectsOf } from './mail.ts';

/** Bytes of each source: with work that grows with their square none of these would end in time. */
const much = 1_000_000;

const repeat = (text: string, total = much) => text.repeat(Math.ceil(total / text.length));
const field = (name: string, value: string) => `${name}: ${value}\r\n\r\n`;
const multipart = 'Content-Type: multipart/mixed; boundary="x"\r\n\r\n';
const encoded = (encoding: string, body: string) =>
  `Content-Type: a/b\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
const numbered = (make: (index: number) => string) =>
  Array.from({ length: 20_000 }, (_, index) => make(index)).join('');

const sources: Record<string, string> = {
  'a header line': field('Subject', repeat('a')),
  'spaces in a field': field('Subject', `a${repeat(' ')}b`),
  'folded lines': field('Subject', `a${repeat('\r\n b')}`),
  'carriage returns': `${field('Subject', `${repeat('\r')}b`)}`,
  'lines that are no fields': `Subject: a\r\n${repeat('junk\r\n')}To: b@c\r\n\r\n`,
  'unfolded parameters': `Content-Type: a/b;\r\n${repeat('x=y;\r\n')}\r\n`,
  'own boundaries in the header': `Content-Type: multipart/mixed; ${repeat('a', much / 2)}; boundary=b\n${repeat('--x\n', much / 2)}To: a\n\n`,
  fields: `${repeat('a:b\r\n')}\r\n`,
  'a body without a header': repeat('word word\r\n'),
  'encoded words': field('Subject', repeat('=?utf-8?q?=ff?= =?x?b?/w==?= ')),
  'encoded words in many charsets': field(
    'Subject',
    numbered((index) => `=?c${index}?q?a?= `),
  ),
  'encoded words never closed': field('Subject', repeat('=?utf-8?q?')),
  '8-bit bytes': field('Subject', repeat('\xe9')),
  addresses: field('To', repeat('a@b.example, ')),
  groups: field('To', repeat('a:b;')),
  'open brackets': field('To', repeat('<')),
  'open comments': field('To', repeat('(')),
  'at signs': field('To', repeat('a @ ')),
  references: field('References', repeat('<a@b ')),
  'open comments in a date': field('Date', repeat('(')),
  parameters: field('Content-Type', `a/b${repeat('; a=b')}`),
  'sections of a parameter': field(
    'Content-Disposition',
    `attachment${numbered((index) => `; filename*${index}*=%41`)}`,
  ),
  'open comments in a parameter': field('Content-Type', `a/b; ${repeat('(')}`),
  'a quoted parameter never closed': field('Content-Type', `a/b; a="${repeat('\\a')}`),
  'equals signs': field('Content-Type', `a/b; ${repeat('=')}`),
  'comments on the encoding': field('Content-Transfer-Encoding', `${repeat('()')}(`),
  'slashes in a file name': field('Content-Disposition', `attachment; filename="${repeat('/')}"`),
  boundaries: multipart + repeat('--x\r\n'),
  parts: multipart + repeat('--x\r\n\r\nhi\r\n'),
  'lines like boundaries': multipart + repeat('--xy\r\n'),
  hyphens: multipart + repeat('-'),
  'nested multiparts': numbered(
    (index) => `Content-Type: multipart/mixed; boundary="b${index}"\r\n\r\n--b${index}\r\n`,
  ),
  'nested multiparts without empty lines': repeat(
    'Content-Type: multipart/mixed; boundary="b"\r\nx\r\n--b\r\n',
  ),
  'padded base64': encoded('base64', repeat('A=')),
  'junk in base64': encoded('base64', repeat('A*-')),
  'equals signs in quoted-printable': encoded('quoted-printable', repeat('=')),
  'spaces in quoted-printable': encoded('quoted-printable', repeat(' ')),
  'soft breaks never ended': encoded('quoted-printable', repeat(`=${' '.repeat(999)}`)),
  'flowed lines': `Content-Type: text/plain; format=flowed\r\n\r\n${repeat('a \r\n')}`,
};

describe('a megabyte of one thing is read in time and within the limits', { timeout: 120_000 }, () => {
  for (const [what, source] of Object.entries(sources))
    test(what, () => {
      const { content } = parseMessage(Buffer.from(source, 'latin1'));
      assert.ok(content.headers.length <= defaultLimits.headerFields);
      assert.ok(content.to.length <= defaultLimits.addresses);
      assert.ok(content.attachments.length <= defaultLimits.parts);
      assert.ok(JSON.stringify(content).length < 8 * much);
    });
});

describe('what is beyond a limit is left out and flagged', () => {
  const defects = (source: string) => defectsOf(parseMessage(Buffer.from(source, 'latin1')).content);

  test('a header too large', () => {
    const source = Buffer.from(`Subject: a\r\nX: ${repeat('b', 2 * much)}\r\nTo: c@example.com\r\n\r\ntext`);
    const { content } = parseMessage(source);
    assert.deepEqual(defectsOf(content), ['header-too-large']);
    assert.deepEqual([content.subject, content.text], ['a', 'text']);
  });

  test('too many fields', () =>
    assert.deepEqual(defects(sources.fields as string), ['header-fields-too-many']));

  test('too many parts', () => {
    const { content } = parseMessage(Buffer.from(sources.parts as string));
    assert.equal(content.text?.split('\n').length, defaultLimits.parts);
    assert.deepEqual(defectsOf(content), ['boundary-not-closed', 'parts-too-many']);
  });

  test('multiparts nested too deep are kept as an attachment', () => {
    const { content } = parseMessage(Buffer.from(sources['nested multiparts'] as string));
    assert.equal(content.attachments[0]?.contentType, 'multipart/mixed');
    assert.ok(defectsOf(content).includes('nesting-too-deep'));
  });

  test('too many addresses', () => {
    const { content } = parseMessage(Buffer.from(sources.addresses as string));
    assert.equal(content.to.length, defaultLimits.addresses);
    assert.deepEqual(defectsOf(content), ['addresses-too-many']);
  });

  test('text too long, at a line end', () => {
    const { content } = parseMessage(Buffer.from(`Subject: a\r\n\r\n${repeat('ää ä\n', 3 * much)}`));
    assert.ok(content.text?.endsWith('ä\n') && Buffer.byteLength(content.text) <= defaultLimits.textBytes);
    assert.deepEqual(defectsOf(content), ['text-too-long']);
  });
});
