import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAddresses } from '../../src/mime/addresses.ts';
import { parseDate } from '../../src/mime/date.ts';
import { filenameOfLocation, safeFilename } from '../../src/mime/filename.ts';
import { parseMessageId, parseMessageIds } from '../../src/mime/message-ids.ts';
import { parseStructuredField } from '../../src/mime/structured-field.ts';
import { decodeWords } from '../../src/mime/words.ts';

const many = Number.POSITIVE_INFINITY;
const ignore = () => {};

/** What each reader of fields has to look ahead or back for, repeated without end; `#` is a number, new each time. */
const readers: Record<string, { read: (field: string) => unknown; inputs: string[] }> = {
  addresses: {
    read: (field) => parseAddresses([field], many, ignore),
    inputs: [
      ...[
        'a:b@c;',
        'a:',
        'a,',
        'a;',
        'a@b ',
        'a @ ',
        '@ ',
        '. ',
        'a@b .c ',
        '@[',
        'mailto:',
        '[',
        '，',
        'a@b，',
      ],
      ...['<"a@b"', '<"a@b">'],
      ...['"', '"\\', '"\\"a@b ', '"a@b ', '"" ', '", ', 'a" ', '<"', '<"a@b', '<"\\'],
      ...['<', '<a@b', '<a@b ', '<a@b>', '<a>', '<a,', '>', 'a@b>', 'a <b> ', '<:;>', '<@a:'],
      ...['(', '()', '(a', '(\\', 'a@b (', '(a@b>,', '("a@b)', ')', '((a@b>, ', '( "'],
      ...[
        '=?utf-8?q?a?= ',
        '=?utf-8?q?a',
        '=?utf-8?q?<a@b>?=<',
        '=?#?q?=ff?= ',
        '"=?utf-8?q?',
        '(=?utf-8?q?a?=',
      ],
    ],
  },
  'encoded words': {
    read: decodeWords,
    inputs: [
      ...[
        '=?utf-8?q?',
        '=?utf-8?q?a',
        '=?utf-8?q?=ff?= ',
        '=?utf-8?q?=41 ',
        '=?utf-8?b?w6Q',
        '=?utf-8?b?w?= ',
      ],
      ...[
        '=?#?q?=ff?= ',
        '=?#?q??=',
        '=?',
        '?=',
        '?=41',
        '=?utf-8?q??=41',
        '=?a',
        '=? ',
        '=?""',
        '=?utf-8?q?=',
        '=?utf-8?b?=',
      ],
      ...['=?utf-8?q?a?=\t', '=?utf-8?q?a?,', '=?utf-8?b?==?= ', '=?*?q?a?= '],
    ],
  },
  'message identifiers': {
    read: (field) => [parseMessageIds(field, many, ignore), parseMessageId(field)],
    inputs: [
      ...[
        '<a@b>',
        '<a@b ',
        '<a@b',
        'a@b>',
        '<',
        '>',
        '<<',
        'a ',
        'a@ ',
        '@ ',
        '@',
        'a1234 ',
        '<a b ',
        '"<a@b>',
        '"',
      ],
      ...['(', '()', ' (<a@b>)', '(<a@b> ', ' (', '=?utf-8?q?a@b?= ', '=?utf-8?q?=3Ca?= <', '=?#?q?a@b?= '],
    ],
  },
  dates: {
    read: (field) => parseDate(field, ignore),
    inputs: [
      '(',
      '()',
      '1 ',
      '1:',
      'jan ',
      '1 jan ',
      '+',
      ' +0',
      '1 jan 2024 10:00 a ',
      '- ',
      '.',
      'a,',
      '"',
    ],
  },
  parameters: {
    read: parseStructuredField,
    inputs: [
      ...[
        '; a=b',
        ';',
        '=',
        'a ',
        'a =',
        '"',
        '; a="',
        '; a="b"',
        '; a="b',
        '; a="b"c',
        '="',
        '; a="\\',
        ' name =',
      ],
      ...[
        '(',
        '()',
        '; a=b (',
        '; a=b ()',
        '; a=b (c) ',
        '; a="b" (',
        '; a*#=b',
        "; a*#*=c'd'%41",
        '; a*=',
        ' ',
      ],
      ...['; a==?utf-8?q?b', '; a="=?utf-8?q?', '; name=a name', '"; a', '="; b', '";'],
    ],
  },
  'file names': {
    read: (field) => [safeFilename(field), filenameOfLocation(field)],
    inputs: [
      '/',
      '\\',
      'a/',
      'a\\',
      '1/2',
      '.',
      './',
      '../',
      ' ',
      ' /',
      'a.',
      '%',
      '\u202e',
      'A/',
      'http://',
    ],
  },
};

/** Characters of the smaller of two inputs, and how many times longer the other is. */
const small = 4_096;
const factor = 16;
/** What takes less, in milliseconds, is too short to be compared. */
const none = 1;

/** How many numbers were used: none comes twice, as what was read before may be known. */
let numbers = 0;

function filled(pattern: string, length: number): string {
  const times = Math.ceil(length / pattern.length);
  if (!pattern.includes('#')) return pattern.repeat(times);
  return Array.from({ length: times }, () => pattern.replace('#', `c${numbers++}`)).join('');
}

/** Milliseconds of this thread, so that nobody else on the machine is measured. */
function fastest(read: (field: string) => unknown, fill: () => string, runs: number): number {
  const times = Array.from({ length: runs }, () => {
    const field = fill();
    const begin = process.threadCpuUsage();
    read(field);
    const { user, system } = process.threadCpuUsage(begin);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe('no field makes the work grow faster than its length: sixteen times of it take less than 128 times as long', () => {
  for (const [reader, { read, inputs }] of Object.entries(readers))
    for (const pattern of inputs)
      for (const [end, suffix] of Object.entries({ '': '', ' with an end': 'x>)" <y@z>;' }))
        test(`${reader}: ${JSON.stringify(pattern)} again and again${end}`, () => {
          const fill = (length: number) => () => filled(pattern, length) + suffix;
          const growth = () =>
            fastest(read, fill(small * factor), 2) / Math.max(none, fastest(read, fill(small), 4));
          // Work that grows with the square takes 256 times as long, however often it is measured; what is linear takes
          // some 60 times where the smaller input fits a cache that the larger one does not.
          assert.ok(Array.from({ length: 4 }).some(() => growth() < 8 * factor));
        });
});
