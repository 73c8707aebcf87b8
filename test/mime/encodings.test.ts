import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { DefectCode } from '../../src/mime/defects.ts';
import { createTransferDecoder, type TransferEncoding } from '../../src/mime/transfer-encoding.ts';

/** Decodes pieces of such lengths, the rest at once. */
function decode(encoding: TransferEncoding, encoded: Buffer, lengths: number[] = []) {
  const defects = new Set<DefectCode>();
  const decoder = createTransferDecoder(encoding, (code) => defects.add(code));
  const decoded: Buffer[] = [];
  let at = 0;
  for (const length of [...lengths, encoded.length]) {
    decoded.push(Buffer.from(decoder.write(encoded.subarray(at, at + length))));
    at += length;
  }
  decoded.push(Buffer.from(decoder.end()));
  return { bytes: Buffer.concat(decoded), defects: [...defects].sort() };
}

const cuts = fc.array(fc.nat(20), { maxLength: 40 });

describe('base64', () => {
  test('any bytes come back, whatever the length of lines and pieces', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 80 }),
        cuts,
        (bytes, width, lengths) => {
          const encoded = Buffer.from(bytes)
            .toString('base64')
            .replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n');
          assert.deepEqual(decode('base64', Buffer.from(encoded), lengths), {
            bytes: Buffer.from(bytes),
            defects: [],
          });
        },
      ),
    );
  });

  test('anything at all decodes to the same bytes and defects, however it is cut', () => {
    const soup = fc.array(
      fc.constantFrom('A', 'b', '9', '+', '/', '=', '-', '_', '*', ' ', '\r\n', '\n', '\0', '\xe4'),
    );
    fc.assert(
      fc.property(soup, cuts, (pieces, lengths) => {
        const encoded = Buffer.from(pieces.join(''), 'latin1');
        assert.deepEqual(decode('base64', encoded, lengths), decode('base64', encoded));
      }),
    );
  });

  const broken: [why: string, encoded: string, decoded: string, defects: DefectCode[]][] = [
    ['padding is missing', 'YWI', 'ab', ['base64-truncated']],
    ['a group is cut short', 'YWJjY', 'abc', ['base64-truncated']],
    ['junk stands between', 'Y!W*J\xe4j', 'abc', ['base64-malformed']],
    ['the URL alphabet is junk', 'YW-J_j', 'abc', ['base64-malformed']],
    ['each line is padded', 'YQ==\r\nYg==\r\nYw==', 'abc', []],
    ['there is nothing', '\r\n', '', []],
  ];
  for (const [why, encoded, decoded, defects] of broken)
    test(`is read on where ${why}`, () =>
      assert.deepEqual(decode('base64', Buffer.from(encoded, 'latin1')), {
        bytes: Buffer.from(decoded),
        defects,
      }));
});

describe('quoted-printable', () => {
  const encode = (bytes: Uint8Array) =>
    [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

  test('any bytes come back, whatever the length of lines and pieces', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 25 }),
        cuts,
        (bytes, width, lengths) => {
          const encoded = encode(bytes).replace(new RegExp(`(?:...){${width}}`, 'g'), '$&=\r\n');
          assert.deepEqual(decode('quoted-printable', Buffer.from(encoded), lengths), {
            bytes: Buffer.from(bytes),
            defects: [],
          });
        },
      ),
    );
  });

  test('anything at all decodes to the same bytes and defects, however it is cut', () => {
    const soup = fc.array(
      fc.constantFrom(
        'a',
        '=',
        '2',
        'F',
        'g',
        ' ',
        '\t',
        '\r',
        '\n',
        '\r\n',
        ' '.repeat(999),
        ' '.repeat(1001),
      ),
    );
    fc.assert(
      fc.property(soup, fc.array(fc.nat(1500), { maxLength: 10 }), (pieces, lengths) => {
        const encoded = Buffer.from(pieces.join(''));
        assert.deepEqual(decode('quoted-printable', encoded, lengths), decode('quoted-printable', encoded));
      }),
    );
  });

  const texts: [why: string, encoded: string, decoded: string, defects: DefectCode[]][] = [
    ['small letters are digits too', '=c3=A4', 'ä', []],
    ['soft line breaks vanish, also with white space behind', 'a=\r\nb= \t\r\nc=\n', 'abc', []],
    ['white space at line ends is padding', 'a \t\r\nb=20\r\nc ', 'a\r\nb \r\nc', []],
    ['white space within lines stays', 'a \tb', 'a \tb', []],
    ['what encodes nothing stays', 'a=zz=4', 'a=zz=4', ['quoted-printable-malformed']],
  ];
  for (const [why, encoded, decoded, defects] of texts)
    test(why, () =>
      assert.deepEqual(decode('quoted-printable', Buffer.from(encoded)), {
        bytes: Buffer.from(decoded),
        defects,
      }),
    );
});
