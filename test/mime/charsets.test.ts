import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { decodeBytes } from '../../src/mime/charset.ts';
import { defectsOf, read } from './mail.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const encode = (text: string, charset: string) => iconv.encode(text, charset);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

/** Encoding, https://encoding.spec.whatwg.org/#names-and-labels: a sample in each, and its labels. */
const labels: [sample: string, codec: string, labels: string][] = [
  ['ä€', 'utf-8', 'unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8'],
  ['Привет', 'cp866', '866 cp866 csibm866 ibm866'],
  [
    'ąę',
    'iso-8859-2',
    'csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2',
  ],
  [
    'ĦĜ',
    'iso-8859-3',
    'csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3',
  ],
  [
    'ĀŖ',
    'iso-8859-4',
    'csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4',
  ],
  [
    'Привет',
    'iso-8859-5',
    'csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988',
  ],
  [
    'سلام',
    'iso-8859-6',
    'arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987',
  ],
  [
    'Καλ',
    'iso-8859-7',
    'csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek',
  ],
  [
    'שלום',
    'iso-8859-8',
    'csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual',
  ],
  ['שלום', 'iso-8859-8', 'csiso88598i iso-8859-8-i logical'],
  ['ĀĐ', 'iso-8859-10', 'csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6'],
  ['ĄŻ', 'iso-8859-13', 'iso-8859-13 iso8859-13 iso885913'],
  ['ŴŶ', 'iso-8859-14', 'iso-8859-14 iso8859-14 iso885914'],
  ['€Œ', 'iso-8859-15', 'csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9'],
  ['ȘĂ', 'iso-8859-16', 'iso-8859-16'],
  ['Привет', 'koi8-r', 'cskoi8r koi koi8 koi8-r koi8_r'],
  ['Їжак', 'koi8-u', 'koi8-ru koi8-u'],
  ['éü', 'macintosh', 'csmacintosh mac macintosh x-mac-roman'],
  ['กขค', 'windows-874', 'dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874'],
  ['ąę', 'windows-1250', 'cp1250 windows-1250 x-cp1250'],
  ['Привет', 'windows-1251', 'cp1251 windows-1251 x-cp1251'],
  [
    '€“ä',
    'windows-1252',
    'cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 windows-1252 x-cp1252',
  ],
  ['Καλ', 'windows-1253', 'cp1253 windows-1253 x-cp1253'],
  [
    'ğş',
    'windows-1254',
    'cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254',
  ],
  ['שלום', 'windows-1255', 'cp1255 windows-1255 x-cp1255'],
  ['سلام', 'windows-1256', 'cp1256 windows-1256 x-cp1256'],
  ['ąę', 'windows-1257', 'cp1257 windows-1257 x-cp1257'],
  ['Ăơ', 'windows-1258', 'cp1258 windows-1258 x-cp1258'],
  ['Привет', 'maccyrillic', 'x-mac-cyrillic x-mac-ukrainian'],
  ['你好', 'gbk', 'chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk'],
  ['你好', 'gb18030', 'gb18030'],
  ['你好', 'big5', 'big5 big5-hkscs cn-big5 csbig5 x-x-big5'],
  ['日本の', 'euc-jp', 'cseucpkdfmtjapanese euc-jp x-euc-jp'],
  ['日本の', 'shift_jis', 'csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis'],
  [
    '안녕',
    'cp949',
    'cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949',
  ],
  ['aä', 'utf-16be', 'unicodefffe utf-16be'],
  ['aä', 'utf-16le', 'csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le'],
];

describe('every label of the WHATWG Encoding standard is known', () => {
  for (const [sample, codec, names] of labels)
    test(names.split(' ').at(-1) as string, () => {
      for (const name of names.split(' '))
        assert.deepEqual(decodeBytes(encode(sample, codec), name), { text: sample, defect: null }, name);
    });
});

describe('charsets as mail has them', () => {
  const wrong = 'charset-wrong';
  const unknown = 'charset-unknown';
  const korean = '\x1b$)C\x0e0!3*4Y\x0f abc';
  const texts: [declared: string | null, bytes: Buffer, text: string, defect?: string][] = [
    // ISO 2022, by its escapes
    [null, latin('\x1b$BF|K\\8l\x1b(B'), '日本語'],
    ['us-ascii', latin('\x1b$BF|K\\8l\x1b(B'), '日本語', wrong],
    ['utf-8', latin('\x1b$BF|K\\8l\x1b(B'), '日本語', wrong],
    ['iso-8859-1', latin('\x1b$@F|K\\8l\x1b(J'), '日本語', wrong],
    ['_iso-2022-jp$ESC', latin('\x1b$B$"\x1b(B'), 'あ'],
    ['csISO2022JP', latin('\x1b$B$"\x1b(B'), 'あ'],
    ['cp50221', latin('\x1b(IG\x1b(B'), 'ﾇ'],
    ['iso-2022-kr', latin(korean), '가나다 abc'],
    [null, latin(korean), '가나다 abc'],
    ['us-ascii', latin(korean), '가나다 abc', wrong],
    ['iso-2022-cn', latin('\x1b$)A\x0e=;;;\x0f x'), '交换 x'],
    ['x-cp50227', latin('\x1b$)A\x0e=;;;\x0f'), '交换'],
    ['iso-2022-cn', latin('\x1b$)G\x0e=;;;\x0f x'), '\ufffd\ufffd x', wrong],
    ['hz-gb-2312', latin('a ~{<:Ky2;S{~} ~~ b'), 'a 己所不欲 ~ b'],
    ['hz', latin('~{VPND~}~\nx'), '中文x'],
    [null, latin('\x1b[31mred'), '\x1b[31mred'],
    // Unicode in its other forms
    ['utf-16', utf16('hé\n'), 'hé\n'],
    ['utf-16', utf16('hé\n').swap16(), 'hé\n'],
    ['utf-16', Buffer.concat([latin('\xff\xfe'), utf16('hé')]), 'hé'],
    ['utf-16le', Buffer.concat([latin('\xfe\xff'), utf16('hé').swap16()]), 'hé'],
    [null, Buffer.concat([latin('\xff\xfe'), utf16('hé')]), 'hé'],
    ['utf-8', Buffer.concat([latin('\xff\xfe'), utf16('hé')]), 'hé', wrong],
    ['utf-16', latin('plain text'), 'plain text'],
    ['ucs-2', utf16('hé'), 'hé'],
    ['iso-10646-ucs-2', utf16('hé').swap16(), 'hé'],
    ['utf-32', Buffer.from([0, 0, 0, 0x41, 0, 1, 0xf6, 0]), 'A😀'],
    ['utf-32le', Buffer.from([0x41, 0, 0, 0]), 'A'],
    ['unicode-1-1-utf-7', latin('Hi +AOQ-'), 'Hi ä'],
    ['cesu-8', latin('\xed\xa0\xbd\xed\xb8\x80'), '😀'],
    ['utf-8', latin('x\xed\xa0\xbd\xed\xb8\x80'), 'x😀', wrong],
    // Halves of surrogate pairs
    ['utf-16le', Buffer.from('YQA92GIA', 'base64'), 'a\ufffdb', wrong],
    ['utf-7', latin('a+2D0-b'), 'a\ufffdb', wrong],
    ['cesu-8', latin('\xed\xa0\xbd'), '\ufffd', wrong],
    ['ucs-2', Buffer.from([0x61, 0, 0, 0xdc]), 'a\ufffd', wrong],
    ['utf-32', Buffer.from([0, 0, 0xd8, 0]), '\ufffd', wrong],
    // UTF-8 under other names
    ['iso-8859-2', utf8('Dzień dobry, wyciąg'), 'Dzień dobry, wyciąg', wrong],
    ['iso-8859-1', utf8('ä'), 'ä', wrong],
    ['windows-1251', utf8('Привет'), 'Привет', wrong],
    ['koi8-r', utf8('Привет'), 'Привет', wrong],
    ['gb2312', utf8('中文测试'), '中文测试', wrong],
    ['big5', utf8('中文測試'), '中文測試', wrong],
    ['euc-kr', utf8('안녕하세요'), '안녕하세요', wrong],
    ['shift_jis', utf8('日本語'), '日本語', wrong],
    ['windows-1252', latin('LIBERT\xc9\xbb'), 'LIBERTÉ»'],
    // China, whose names stand for more than they say
    ['gb2312', Buffer.from([0x81, 0x39, 0xef, 0x30]), '\u{3401}'],
    ['gbk', encode('你好💩', 'gb18030'), '你好💩'],
    ['gb2312', latin('\x80'), '€'],
    // What others call them
    ['eucgb2312_cn', encode('你好', 'gbk'), '你好'],
    ['EUC_CN', encode('你好', 'gbk'), '你好'],
    ['big5_tw', encode('你好', 'big5'), '你好'],
    ['iso8859_15', latin('\xa4'), '€'],
    ['8859_1', latin('\xe4'), 'ä'],
    ['Cp1252', latin('\x80'), '€'],
    ['x-windows-949', encode('안녕', 'cp949'), '안녕'],
    ['x-IBM943C', encode('日本の', 'shift_jis'), '日本の'],
    ['MS949', encode('안녕', 'cp949'), '안녕'],
    ['x-mac-ce', latin('\x8a'), 'ä'],
    ['x-cp20936', encode('你好', 'gbk'), '你好'],
    ['cp-850', latin('\x84'), 'ä'],
    ['ibm-1252', latin('\x80'), '€'],
    ['windows-1252http-equivContent-Type', latin('\xe4'), 'ä'],
    ['iso-8859-1; format=flowed', latin('\xe4'), 'ä'],
    ['charset=utf-8', utf8('ä'), 'ä'],
    ['cp65001', utf8('ä'), 'ä'],
    ['ANSI', latin('\x80'), '€'],
    // What says nothing
    ['_autodetect', encode('日本語の', 'shift_jis'), '日本語の'],
    ['_autodetect', latin('\xe4'), 'ä'],
    ['_autodetect_kr', encode('안녕', 'cp949'), '안녕'],
    ['_autodetect_all', utf8('ä'), 'ä'],
    ['unknown-8bit', latin('\xe4'), 'ä'],
    ['x-unknown', utf8('ä'), 'ä'],
    ['x-user-defined', latin('\xe4'), 'ä'],
    // What nobody knows
    ['x-no-such', latin('abc'), 'abc', unknown],
    ['x-no-such', latin('\xe4'), 'ä', unknown],
    ['x-euc-tw', encode('你好', 'gbk'), 'ÄãºÃ', unknown],
    ['johab', latin('abc'), 'abc', unknown],
  ];
  for (const [declared, bytes, text, defect = null] of texts)
    test(`${declared ?? 'none'}: ${JSON.stringify(text)}${defect ? ` (${defect})` : ''}`, () =>
      assert.deepEqual(decodeBytes(bytes, declared), { text, defect }));
});

describe('what html says of its charset', () => {
  const russian = encode('<meta charset="windows-1251"><p>Привет</p>', 'windows-1251').toString('latin1');
  const old = encode(
    '<META http-equiv=Content-Type content="text/html; charset=koi8-r">Привет',
    'koi8-r',
  ).toString('latin1');
  const mails: [why: string, type: string, html: string, text: string, defects: string[]][] = [
    ['counts where none was declared', 'text/html', russian, 'Привет', []],
    ['in its older form', 'text/html', old, 'Привет', []],
    [
      'counts where us-ascii was declared',
      'text/html; charset=us-ascii',
      russian,
      'Привет',
      ['charset-wrong'],
    ],
    [
      'counts where UTF-8 was declared, which it is not',
      'text/html; charset=utf-8',
      russian,
      'Привет',
      ['charset-wrong'],
    ],
    [
      'counts where the charset declared is unknown',
      'text/html; charset=x-no-such',
      russian,
      'Привет',
      ['charset-unknown'],
    ],
    [
      'does not where another fits that was declared',
      'text/html; charset=iso-8859-5',
      encode('<meta charset=windows-1251>Привет', 'iso-8859-5').toString('latin1'),
      'Привет',
      [],
    ],
    [
      'does not where it is UTF-8',
      'text/html',
      utf8('<meta charset=iso-8859-1>ä').toString('latin1'),
      'ä',
      [],
    ],
    ['does not where it says UTF-16', 'text/html', '<meta charset=utf-16>\xe4', 'ä', []],
  ];
  for (const [why, type, html, text, defects] of mails)
    test(why, () => {
      const content = read(`Content-Type: ${type}`, '', html);
      assert.deepEqual([content.text, defectsOf(content)], [text, defects]);
    });
});

test('header fields in ISO-2022-JP need not be encoded', () => {
  const content = read(
    'Subject: \x1b$BF|K\\8l\x1b(B test',
    'From: \x1b$BF|K\\\x1b(B <a@example.com>',
    '',
    'x',
  );
  assert.equal(content.subject, '日本語 test');
  assert.deepEqual(content.from, [{ name: '日本', address: 'a@example.com' }]);
});

test('no half of a surrogate pair is in any field', () => {
  const content = read(
    'Subject: =?utf-7?Q?a+2D0-b?=',
    'From: =?utf-16be?B?2D0=?= <a@example.com>',
    'X-Other: =?cesu-8?Q?=ED=A0=BD?=',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-16le',
    'Content-Transfer-Encoding: base64',
    '',
    'YQA92GIA',
    '--b',
    'Content-Type: a/b',
    "Content-Disposition: attachment; filename*=utf-16be''%d8%3d",
    '',
    '--b--',
  );
  assert.equal(content.subject, 'a\ufffdb');
  assert.deepEqual([content.html, content.text], ['a\ufffdb', 'a\ufffdb']);
  assert.doesNotMatch(JSON.stringify(content), /\\ud[89a-f]/);
});
