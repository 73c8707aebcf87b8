import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeBytes } from '../../src/mime/charset.ts';
import { joinFlowedLines } from '../../src/mime/flowed.ts';
import { defectsOf, read } from './mail.ts';

describe('charsets', () => {
  const texts: [charset: string | null, bytes: number[] | string, text: string, defect?: string][] = [
    [null, 'a', 'a'],
    [null, [0xc3, 0xa4], 'ä'],
    [null, [0xe4, 0x80], 'ä€'],
    ['us-ascii', [0xe4], 'ä', 'charset-wrong'],
    ['unknown-8bit', [0xe4], 'ä'],
    ['"UTF-8"', [0xef, 0xbb, 0xbf, 0xc3, 0xa4], 'ä'],
    ['utf-8', [0xe4], 'ä', 'charset-wrong'],
    ['utf-8', [0xc3, 0xa4, 0xff], 'ä\ufffd', 'charset-wrong'],
    ['iso-8859-1', [0xe4, 0x80], 'ä€'],
    ['ISO_8859-1:1987', [0xe4], 'ä'],
    ['8859-2', [0xb1], 'ą'],
    ['windows-1252', [0x80, 0x93], '€“'],
    ['x-cp1251', [0xe4], 'д'],
    ['koi8-r', [0xc1], 'а'],
    ['iso-8859-8-i', [0xe0], 'א'],
    ['tis-620', [0xa1], 'ก'],
    ['x-mac-roman', [0x8e], 'é'],
    ['cp850', [0x84], 'ä'],
    ['gb2312', [0xb0, 0xa1], '啊'],
    ['gb18030', [0x94, 0x39, 0xda, 0x33], '💩'],
    ['big5', [0xa4, 0xa4], '中'],
    ['ks_c_5601', [0x8c, 0x63, 0xb0, 0xa1], '똠가'],
    ['ks_c_5601-1987', [0xb0, 0xa1], '가'],
    ['euc-kr', [0xb0, 0xa1], '가'],
    ['shift_jis', [0x82, 0xa0], 'あ'],
    ['x-euc-jp', [0xa4, 0xa2], 'あ'],
    ['iso-2022-jp', '\x1b$B$"\x1b(B a', 'あ a'],
    ['iso-2022-jp', [0xa4, 0xa2, 0xa4, 0xa4], 'あい', 'charset-wrong'],
    ['iso-2022-jp', [0xe3, 0x81, 0x82], 'あ', 'charset-wrong'],
    ['utf-7', 'a+AOQ-', 'aä'],
    ['utf-16le', [0xe4, 0x00], 'ä'],
    ['utf-16', [0xfe, 0xff, 0x00, 0xe4], 'ä'],
    ['big5', [0xc3, 0xa4, 0xe2, 0x82, 0xac, 0x20], 'ä€ ', 'charset-wrong'],
    ['no-such-charset', [0xc3, 0xa4], 'ä', 'charset-unknown'],
    ['base64', [0xe4], 'ä', 'charset-unknown'],
    ['__proto__', 'a', 'a', 'charset-unknown'],
  ];
  for (const [charset, bytes, text, defect = null] of texts)
    test(`${charset ?? 'none'}: ${JSON.stringify(text)}${defect ? ` (${defect})` : ''}`, () => {
      const decoded = decodeBytes(
        typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes),
        charset,
      );
      assert.deepEqual(decoded, { text, defect });
    });
});

describe('flowed text (RFC 3676)', () => {
  const texts: [why: string, written: string, read: string, deleteSpace?: boolean][] = [
    ['lines that end in a space go on', 'a \nb\nc', 'a b\nc'],
    ['with DelSp the space goes', 'a \nb', 'ab', true],
    ['stuffing is removed', ' >a\n b', '>a\nb'],
    ['stuffing is removed within a paragraph', 'a \n b', 'a b'],
    ['quoted lines are joined at their depth', '> a \n> b\n>> c \nd', '> a b\n>> c \nd'],
    ['the signature separator stands alone', 'a \n-- \nb', 'a \n-- \nb'],
    ['an empty line ends a paragraph', 'a \n\nb', 'a \nb'],
  ];
  for (const [why, written, expected, deleteSpace = false] of texts)
    test(why, () => assert.equal(joinFlowedLines(written, deleteSpace), expected));

  test('only text/plain is joined', () => {
    assert.equal(read('Content-Type: text/html; format=flowed', '', 'a ', 'b').html, 'a \nb');
    assert.equal(read('Content-Type: text/plain; format=flowed', '', 'a ', 'b').text, 'a b');
  });
});

test('text is decoded from its transfer encoding, then its charset', () => {
  assert.equal(
    read(
      'Content-Type: text/plain; charset=iso-8859-15',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '=A4',
    ).text,
    '€',
  );
});

test('a text whose charset is not as declared is flagged', () => {
  assert.deepEqual(defectsOf(read('Content-Type: text/plain; charset=utf-8', '', '\xe4')), ['charset-wrong']);
});
