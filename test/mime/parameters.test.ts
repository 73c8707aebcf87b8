import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseStructuredField } from '../../src/mime/structured-field.ts';

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
    // Parentheses and equals signs in values without quotes; comments only at their end
    ['multipart/mixed; boundary=nq=b64=()I9WT', 'boundary', 'nq=b64=()I9WT'],
    ['a/b; boundary=(x)', 'boundary', '(x)'],
    ['a/b; name=Invoice (1).pdf; x=y', 'name', 'Invoice (1).pdf'],
    ['a/b; charset=us-ascii (Plain text) (x)', 'charset', 'us-ascii'],
    ['a/b; charset="utf-8"(x); x=y', 'x', 'y'],
    ['a/b; charset=utf-8 (never closed', 'charset', 'utf-8 (never closed'],
    // Semicolons that are missing
    ['a/b; name="c" filename="d"', 'filename', 'd'],
    ['a/b; name="c" filename="d"', 'name', 'c'],
    ['a/b; filename=c d.pdf size=12', 'filename', 'c d.pdf'],
    ['a/b; filename=c=d e=f.pdf', 'filename', 'c=d e=f.pdf'],
    ['a/b; junk charset=x', 'charset', 'x'],
    // Quotes within, quotes never closed
    ['a/b; name="My "best" c.pdf"; x=y', 'name', 'My "best" c.pdf'],
    ['a/b; name="My "best" c.pdf"; x=y', 'x', 'y'],
    ['a/b; charset="utf-8; format=flowed', 'charset', 'utf-8'],
    ['a/b; charset="utf-8; format=flowed', 'format', 'flowed'],
    ['a/b; charset="utf-8; name="c.pdf"', 'name', 'c.pdf'],
    ['a/b; charset=utf-8"', 'charset', 'utf-8'],
    ['a/b; name="c;d', 'name', 'c;d'],
    // Backslashes: quoted pairs, but not before the letters of a path
    ['a/b; name="c\\(1\\).pdf"', 'name', 'c(1).pdf'],
    ['a/b; filename="C:\\Users\\me\\(1).pdf"', 'filename', 'C:\\Users\\me\\(1).pdf'],
    ['a/b; filename="C:\\\\Users\\\\c.pdf"', 'filename', 'C:\\Users\\c.pdf'],
    ['a/b; boundary="a\\b"', 'boundary', 'ab'],
    // Empty and repeated ones
    ['a/b; charset=; charset=c', 'charset', 'c'],
    ['a/b; name=""; name=c', 'name', 'c'],
    ["a/b; name=c; name*=utf-8''", 'name', 'c'],
    ['a/b; name*=c; name*=d', 'name', 'c'],
    // Sections and words as mailers write them
    ["a/b; name*=utf-8'c%20d", 'name', 'c d'],
    ["a/b; name*=utf-8''=?utf-8?Q?=C3=A4?=", 'name', 'ä'],
    ["a/b; name*0*=utf-8''%C3; name*1*=%A4", 'name', 'ä'],
    ['a/b; name*1=d; name*0=c', 'name', 'cd'],
    ['a/b; name==?utf-8?Q?c;_(d).pdf?=; x=y', 'name', 'c; (d).pdf'],
    ['a/b; name="=?utf-8?Q?c"d?="; x=y', 'name', 'c"d'],
    ['a/b; name="=?utf-8?Q?c?= =?utf-8?Q?d?="', 'name', 'cd'],
  ];
  for (const [field, name, value] of fields)
    test(`${field}: ${name} is ${value}`, () =>
      assert.equal(parseStructuredField(field).parameters.get(name), value));
});

describe('the value of a field with parameters', () => {
  const fields: [field: string, value: string][] = [
    ['Text/HTML; charset=utf-8', 'text/html'],
    ['"text/html"; charset="utf-8"', 'text/html'],
    ['"text/html; charset=utf-8"', 'text/html'],
    ['"attachment', 'attachment'],
    ['text/html (comment; x) (y); charset=utf-8', 'text/html'],
    ['=?utf-8?Q?text/html?=', 'text/html'],
    ['text/html charset=utf-8', 'text/html'],
    ['filename=c.pdf', ''],
    ['', ''],
  ];
  for (const [field, value] of fields)
    test(`${field || 'nothing'} is ${value || 'none'}`, () =>
      assert.equal(parseStructuredField(field).value, value));

  test('in quotes it still comes with its parameters', () =>
    assert.equal(parseStructuredField('"text/html; charset=c"').parameters.get('charset'), 'c'));
});
