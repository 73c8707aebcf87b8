import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDate } from '../../src/mime/date.ts';
import { defectsOf, read } from './mail.ts';

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
    // Comments, quotes, encoded words
    ['Mon, (a) 1 (b (c)) Jan (d) 2024 10:00:00 +0000', '2024-01-01T10:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 -0800 (PST', '2024-01-01T18:00:00.000Z'],
    ['"Mon, 1 Jan 2024 10:00:00 +0100"', '2024-01-01T09:00:00.000Z'],
    ['=?utf-8?q?Mon,_1_Jan_2024_10:00:00_+0100?=', '2024-01-01T09:00:00.000Z'],
    // Zones: the first in digits that can be read, else the first name, else that of a comment
    ['Fri, 24 Jul 2015 20:36:59 -0-100 -0700', '2015-07-25T03:36:59.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 +01', '2024-01-01T09:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 +1:00', '2024-01-01T09:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 +100', '2024-01-01T09:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 - 0700', '2024-01-01T17:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 \u22120700', '2024-01-01T17:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00+0100', '2024-01-01T09:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 UTC+2', '2024-01-01T08:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 GMT +02:00', '2024-01-01T08:00:00.000Z'],
    ['Mon, 1 Jul 2024 10:00:00 -0400 EDT', '2024-07-01T14:00:00.000Z'],
    ['Mon, 1 Jul 2024 10:00:00 PDT', '2024-07-01T17:00:00.000Z'],
    ['Mon, 1 Jul 2024 10:00:00 CEST', '2024-07-01T08:00:00.000Z'],
    ['Mon, 1 Jul 2024 10:00:00 ACST', '2024-07-01T00:30:00.000Z'],
    ['Mon, 1 Jul 2024 10:00:00 Pacific Daylight Time', '2024-07-01T17:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 (CET)', '2024-01-01T09:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 0000', '2024-01-01T10:00:00.000Z'],
    ['Mon, 1 Jan 2024 10:00:00 0100', null],
    ['Mon, 1 Jan 2024 10:00:00 -0-100', null],
    ['Mon, 1 Jan 2024 10:00:00 +9999', null],
    ['Mon, 1 Jan 2024 10:00:00 H0500', null],
    // Days and months
    ['Fri, 029 Jul 2015 10:00:00 +0000', '2015-07-29T10:00:00.000Z'],
    ['1st of January 2024 10:00 GMT', '2024-01-01T10:00:00.000Z'],
    ['1Jan2024 10:00:00 GMT', '2024-01-01T10:00:00.000Z'],
    ['Mo, 5 Mär 2024 10:00:00 +0100', '2024-03-05T09:00:00.000Z'],
    ['24.07.2015 20:36:59 +0200', '2015-07-24T18:36:59.000Z'],
    ['24/07/2015 20:36:59', '2015-07-24T20:36:59.000Z'],
    ['07/24/2015 20:36:59', '2015-07-24T20:36:59.000Z'],
    ['05/03/2024 10:00:00', null],
    ['31 Feb 2024 10:00:00 +0000', null],
    ['29 Feb 2023 10:00:00 +0000', null],
    ['29 Feb 2024 10:00:00 +0000', '2024-02-29T10:00:00.000Z'],
    ['0 Jan 2024 10:00:00 +0000', null],
    ['1 Foo 2024 10:00:00 +0000', null],
    ['2024-02-30T10:00:00Z', null],
    // Years
    ['Mon, 1 Jan 124 10:00:00 +0000', '2024-01-01T10:00:00.000Z'],
    ["1 Jan '24 10:00 GMT", '2024-01-01T10:00:00.000Z'],
    ['Mon, 1 Jan 20244 10:00:00 +0000', null],
    // Times
    ['Mon, 1 Jan 2024 10:00', '2024-01-01T10:00:00.000Z'],
    ['Mon, 1 Jan 2024 10.00.30 +0100', '2024-01-01T09:00:30.000Z'],
    ['Mon, 1 Jan 2024 12:15 AM', '2024-01-01T00:15:00.000Z'],
    ['Mon, 1 Jan 2024 9:15:00 p.m. EST', '2024-01-02T02:15:00.000Z'],
    ['Mon, 1 Jan 2024 24:00:00 +0000', null],
    ['Mon, 1 Jan 2024 10:60:00 +0000', null],
    ['Mon, 1 Jan 2024 10:00:61 +0000', null],
    ['Mon, 1 Jan 2024', null],
    // Other orders
    ['Mon Jan 1 2024 10:00:00 GMT+0100 (Central European Standard Time)', '2024-01-01T09:00:00.000Z'],
    ['Monday, January 1, 2024 10:00:00 AM', '2024-01-01T10:00:00.000Z'],
    ['Mon Jan 1 10:00:00 +0100 2024', '2024-01-01T09:00:00.000Z'],
    ['2024-01-01 10:00:00', '2024-01-01T10:00:00.000Z'],
    ['2024-01-01T10:00:00.123+01:00[Europe/Berlin]', '2024-01-01T09:00:00.000Z'],
    ['2024/01/01 10:00', '2024-01-01T10:00:00.000Z'],
    ['20240101T100000Z', '2024-01-01T10:00:00.000Z'],
    ['', null],
  ];
  for (const [written, instant] of dates)
    test(`${written || 'nothing'} is ${instant}`, () => assert.equal(parseDate(written), instant));
});

describe('the Date field', () => {
  const flagged = (date: string) => defectsOf(read(`Date: ${date}`, '', ''));

  test('is flagged when it names a day, time or zone that there is not', () => {
    for (const date of ['31 Apr 2024 10:00 +0000', '1 Apr 2024 25:00 +0000', '1 Apr 2024 10:00 -0-100'])
      assert.deepEqual(flagged(date), ['date-unreadable'], date);
  });

  test('is flagged when UTC stands for a zone whose name means none or many (RFC 5322 4.3)', () => {
    for (const zone of ['XYZ', 'IST', 'A', 'J'])
      assert.deepEqual(flagged(`1 Apr 2024 10:00:00 ${zone}`), ['date-zone-unknown'], zone);
    assert.deepEqual(flagged('1 Apr 2024 10:00:00 +0530 IST'), []);
  });
});
