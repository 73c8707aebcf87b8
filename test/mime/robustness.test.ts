import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Limits } from '../../src/mime/limits.ts';
import { createMessageParser, type ParsedSource } from '../../src/mime/parser.ts';
import { messageContentSchema } from '../../src/model/message.ts';
import { readCorpus } from './corpus.ts';

const corpus = readCorpus();

/** Parses a source in pieces of such lengths, again and again, each overwritten once it was taken. */
function parseCut(source: Buffer, lengths: readonly number[], limits: Partial<Limits> = {}): ParsedSource {
  const parser = createMessageParser(limits);
  for (let at = 0, index = 0; at < source.length; index++) {
    const piece = Buffer.from(source.subarray(at, at + (lengths[index % lengths.length] as number)));
    parser.write(piece);
    at += piece.length;
    piece.fill('-');
  }
  return parser.end();
}

/** What must hold of any source at all. */
function checkReading(source: Buffer, { content, size }: ParsedSource): void {
  const checked = messageContentSchema.safeParse(content);
  assert.deepEqual(checked.error?.issues, undefined);
  assert.equal(size, source.length);
  assert.ok(!JSON.stringify({ ...content, defects: [] }).includes('\\u0000'), 'NUL in the content');
  for (const { offset, length } of content.attachments) assert.ok(offset + length <= size);
}

const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5_000 })), {
  minLength: 1,
  maxLength: 10,
});

/** Limits so low that every mail meets them. */
const tight = {
  headerBytes: 400,
  partHeaderBytes: 60,
  headerFields: 5,
  addresses: 1,
  messageIds: 1,
  parts: 3,
  depth: 1,
  textBytes: 100,
};

/** What mails are made of, and broken by. */
const fragments = [
  ...[
    'Subject: a',
    'From: b@c',
    'To: "',
    'Date: 1 Jan 2024',
    'X: =?utf-8?q?=C3',
    '=A4?=',
    'From d Mon',
    'junk',
    '\xef\xbb\xbf',
  ],
  ...[
    'Content-Type: multipart/mixed; boundary=x',
    'Content-Type: multipart/mixed;',
    'boundary="y"',
    'Content-Type: text/html; charset=utf-7',
  ],
  ...[
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    "Content-Disposition: attachment; filename*0*=utf-8''%00a/..",
  ],
  ...['--x', '--x--', '--y', '--y--', '--', '-', '--x z', 'YWJj', 'YQ==', '=3D=', 'text \xff'],
  ...['\r\n', '\r\n', '\r\n', '\r\n', '\r\n\r\n', '\n', '\r', '\0', ' ', '\t', ';', ':'],
];
const soup = fc
  .array(fc.constantFrom(...fragments), { maxLength: 60 })
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

/** A mail of the corpus with some of its bytes changed, doubled, put in or taken out. */
const mutation = fc
  .tuple(
    fc.constantFrom(...corpus.filter((mail) => mail.bytes.length < 20_000)),
    fc.array(fc.tuple(fc.nat(), fc.nat(300), fc.constantFrom(...fragments)), { minLength: 1, maxLength: 8 }),
  )
  .map(([{ bytes }, edits]) =>
    edits.reduce((source, [where, much, fragment]) => {
      const at = where % (source.length + 1);
      const end = Math.min(source.length, at + (much % 2 === 0 ? 0 : much));
      return Buffer.concat([
        source.subarray(0, at),
        much % 3 === 0 ? Buffer.from(fragment, 'latin1') : source.subarray(at, at + (much % 50)),
        source.subarray(end),
      ]);
    }, bytes),
  );

describe('whatever arrives is read', () => {
  for (const [what, source] of Object.entries({ 'a broken mail': mutation, 'a soup of fragments': soup }))
    for (const [how, limits] of Object.entries({ '': {}, ' within tight limits': tight }))
      test(`${what}${how}, and the same however it is cut`, () => {
        fc.assert(
          fc.property(source, lengths, (bytes, cuts) => {
            const whole = parseCut(bytes, [bytes.length || 1], limits);
            checkReading(bytes, whole);
            assert.deepEqual(parseCut(bytes, cuts, limits), whole);
          }),
          { numRuns: 500 },
        );
      });

  test('every mail of the corpus, the same byte for byte', () => {
    for (const { bytes } of corpus) {
      const whole = parseCut(bytes, [bytes.length]);
      checkReading(bytes, whole);
      if (bytes.length < 5_000) assert.deepEqual(parseCut(bytes, [1]), whole);
      assert.deepEqual(parseCut(bytes, [1, 100, 3, 1000]), whole);
    }
  });
});
