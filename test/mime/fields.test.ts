import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDate } from '../../src/mime/date.ts';
import { safeFilename } from '../../src/mime/filename.ts';
import { parseStructuredField } from '../../src/mime/structured-field.ts';
import { decodeWords } from '../../src/mime/words.ts';
import { read } from './mail.ts';

describe('addresses', () => {
  const to = (field: string) => read(`To: ${field}`, '', '').to;

  test('come with their decoded names, and members of a group with its name', () => {
    assert.deepEqual(
      to(
        '"Doe, Jane" <jane@example.com>, Team: =?utf-8?Q?J=C3=B6rg?= <j@example.com>, k@example.com; last@example.com',
      ),
      [
        { name: 'Doe, Jane', address: 'jane@example.com' },
        { name: 'Jörg', address: 'j@example.com', group: 'Team' },
        { name: '', address: 'k@example.com', group: 'Team' },
        { name: '', address: 'last@example.com' },
      ],
    );
  });

  test('an empty group has no members', () => {
    assert.deepEqual(to('undisclosed-recipients:;'), []);
  });

  test('an encoded word is a name, never another address', () => {
    assert.deepEqual(to('=?utf-8?Q?boss=40bank.example=3E=2C?= <me@example.com>'), [
      { name: 'boss@bank.example>,', address: 'me@example.com' },
    ]);
  });
});

describe('encoded words', () => {
  const words: [written: string, read: string][] = [
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a?=\t=?utf-8?B?w6Q=?= c', 'aä c'],
    ['a =?utf-8?q?=C3=A4?=b', 'a äb'],
    ['=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?=', '€'],
    ['=?utf-8?B?4oI=?= =?UTF-8?B?rA==?=', '€'],
    ['=?utf-8*en?Q?a_b?=', 'a b'],
    ['=?iso-2022-jp?B?GyRCJCIbKEI=?=', 'あ'],
    ['=?ks_c_5601-1987?B?jGM=?=', '똠'],
    ['=?windows-1252?Q?=80?=', '€'],
    ['=?no-such-charset?Q?=C3=A4?=', 'ä'],
    ['=?utf-8?Q?a=0D=0ABcc:_b?=', 'a Bcc: b'],
    ['=?utf-8?X?a?= =?utf-8?Q?open', '=?utf-8?X?a?= =?utf-8?Q?open'],
  ];
  for (const [written, expected] of words)
    test(`${written} is ${JSON.stringify(expected)}`, () => assert.equal(decodeWords(written), expected));
});

describe('parameters', () => {
  const fields: [field: string, name: string, value: string | undefined][] = [
    ['a/b; name=c', 'name', 'c'],
    ['a/b; NAME = "c d"', 'name', 'c d'],
    ['a/b; name="c\\"d;e"; x=y', 'x', 'y'],
    ['a/b; name="c\\"d;e"; x=y', 'name', 'c"d;e'],
    ['a/b;;x; name=c', 'name', 'c'],
    ['a/b (comment; name=x); name=c', 'name', 'c'],
    ['a/b; name=c(1).txt', 'name', 'c(1).txt'],
    ['a/b; name=c d.txt (comment)', 'name', 'c d.txt'],
    ['a/b; name="never closed', 'name', 'never closed'],
    ['a/b; name="c"junk; x=y', 'name', 'c'],
    ['a/b; name=c; name=d', 'name', 'c'],
    ['a/b name=c', 'name', 'c'],
    ['name=c', 'name', 'c'],
    ["a/b; name*=utf-8''%E2%82%AC%20rates", 'name', '€ rates'],
    ["a/b; name=fallback; name*=utf-8'en'%C3%A4", 'name', 'ä'],
    ["a/b; name*1*=%A4b; name*0*=utf-8''a%C3; name*2=%20c", 'name', 'aäb%20c'],
    ["a/b; name*=iso-8859-1''%E4", 'name', 'ä'],
    ['a/b; name*=%41', 'name', 'A'],
    ['a/b; name*0="=?utf-8?Q?=C3"; name*1="=A4?="', 'name', 'ä'],
    ['a/b; name="=?utf-8?B?w6Q=?="', 'name', 'ä'],
    ['a/b; boundary="=?utf-8?Q?a?="', 'boundary', '=?utf-8?Q?a?='],
    ['a/b; __proto__=c', 'constructor', undefined],
  ];
  for (const [field, name, value] of fields)
    test(`${field}: ${name} is ${value}`, () =>
      assert.equal(parseStructuredField(field).parameters.get(name), value));
});

describe('file names', () => {
  const names: [written: string, safe: string | null][] = [
    ['a.txt', 'a.txt'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\a.txt', 'a.txt'],
    ['a\0\r\n.txt', 'a.txt'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['..', null],
    [' / ', null],
    [`${'a'.repeat(300)}.txt`, `${'a'.repeat(251)}.txt`],
  ];
  for (const [written, safe] of names)
    test(`${JSON.stringify(written.slice(0, 40))} is ${safe?.slice(0, 40)}`, () =>
      assert.equal(safeFilename(written), safe));
});

describe('dates', () => {
  const dates: [written: string, instant: string | null][] = [
    ['Mon, 1 Jan 2024 10:00:00 +0130', '2024-01-01T08:30:00.000Z'],
    ['1 Jan 24 10:00 EST (comment)', '2024-01-01T15:00:00.000Z'],
    ['Mon, 1 Jan 99 10:00:00 Z', '1999-01-01T10:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 JST', '2024-01-01T01:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 XYZ', '2024-01-01T10:00:00.000Z'],
    ['Mon, 01-January-2024 10:00:00 GMT-0200', '2024-01-01T12:00:00.000Z'],
    ['Mon Jan  1 22:00:00 2024', '2024-01-01T22:00:00.000Z'],
    ['Mon Jan 1 22:00:00 CET 2024', '2024-01-01T21:00:00.000Z'],
    ['2024-01-01T10:00:00+02:00', '2024-01-01T08:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:60 +0000', '2024-01-01T10:01:00.000Z'],
    ['Mon, 1 Jan 2024 26:00:00 +0000', null],
    ['Wed, 15 Dec 2010    59:10 -0500', null],
    ['Whenever', null],
    ['', null],
  ];
  for (const [written, instant] of dates)
    test(`${written || 'nothing'} is ${instant}`, () => assert.equal(parseDate(written), instant));
});
