import { findComments } from './address-delimiters.ts';
import type { Report } from './defects.ts';
import { decodeWords } from './words.ts';
import { readZone } from './zones.ts';

/** English names by their first three letters, and those of other languages that some programs write. */
const months: readonly (readonly string[])[] = [
  ['jan', 'ene', 'gen', 'янв'],
  ['feb', 'fév', 'fev', 'фев'],
  ['mar', 'mär', 'mrz', 'mrt', 'мар'],
  ['apr', 'abr', 'avr', 'апр'],
  ['may', 'mai', 'mei', 'mag', 'maj', 'мая', 'май'],
  ['jun', 'juin', 'giu', 'июн'],
  ['jul', 'juil', 'lug', 'июл'],
  ['aug', 'ago', 'aoû', 'aou', 'авг'],
  ['sep', 'set', 'сен'],
  ['oct', 'okt', 'ott', 'out', 'окт'],
  ['nov', 'ноя'],
  ['dec', 'dez', 'déc', 'dic', 'дек'],
];
const monthOf = new Map(months.flatMap((names, month) => names.map((name) => [name, month])));

/** A date is shorter; what goes on beyond is none. */
const longest = 1000;

/** A day as it is written, and what stands behind it. */
interface Written {
  year: string;
  month: string | number;
  day: string;
  rest: string;
}

const before = String.raw`^(?:\D{1,30}[ .])?`;
const day = String.raw`0?(\d{1,2})(?:st|nd|rd|th|\.)?`;
const name = String.raw`(\p{L}{3,12})\.?`;
const year = String.raw`'?(\d{2,4})(?![\d:])`;
/** wed 11 feb 98; 11-feb-1998; 11th of february 1998 */
const dayFirst = new RegExp(`${before}${day}(?: of| de)?[ ./-]*${name}(?: de)?[ ./-]*${year}`, 'u');
/** wed feb 11 1998; february 11th 1998 */
const monthFirst = new RegExp(String.raw`^(?:\p{L}+\.? )?${name}[ -]*${day}[ -]+(\d{4})(?![\d:])`, 'u');
/** wed feb 11 11:51:09 1998, as asctime writes it; wed 11 feb 11:51:09 1998 */
const monthOnly = new RegExp(String.raw`^(?:\p{L}+\.? )?${name} ${day} (?=\d{1,2}:)`, 'u');
const dayOnly = new RegExp(String.raw`${before}${day}[ -]${name} (?=\d{1,2}:)`, 'u');
/** 1998-02-11 and 1998/02/11; 19980211T115109 */
const yearFirst = new RegExp(String.raw`${before}(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:t|(?!\d))`, 'u');
const basic = /^(\d{4})(\d{2})(\d{2})t?(\d{2})(\d{2})(\d{2})/;
/** 11.02.1998 and 11 02 1998; 11/02/1998 only where one of the two can be no month */
const numeric = new RegExp(String.raw`${before}(\d{1,2})([./ -])(\d{1,2})\2(\d{4})(?![\d:])`, 'u');

const time = /^ ?(?:at |t )?(\d{1,3})[:.](\d{1,3})(?:[:.](\d{1,3})(?:\.\d+)?)? ?(?:([ap])\.?m\b\.?)? ?/;

/**
 * The instant a Date field names (RFC 5322 3.3 and 4.3, and the forms in use beside them), as ISO 8601 in UTC; null
 * when it cannot be read, or there is no such day, time or zone. Never depends on this machine's time zone. Reports
 * a zone whose name is unknown, for which UTC is assumed.
 */
export function parseDate(field: string, report: Report = () => {}): string | null {
  const { text, comments } = normalize(field);
  const written = readDay(text);
  if (written === null) return null;
  const [match = '', hour, minute, second, half] = time.exec(written.rest) ?? [];
  const dayOnlyGiven = match === '' && written.rest.trim() === '' && yearFirst.test(text);
  if (match === '' && !dayOnlyGiven) return null;
  const zone = readZone(written.rest.slice(match.length));
  const minutes = zone.minutes ?? readZone(comments).minutes;
  if (minutes === null && zone.unreadable === 'digits') return null;
  if (minutes === null && zone.unreadable === 'name') report('date-zone-unknown');
  return instant(written, { hour: Number(hour ?? 0), minute, second, half }, minutes ?? 0);
}

/** In lower case, words parted by one space each, without commas, marks and comments; those apart. */
function normalize(field: string): { text: string; comments: string } {
  const raw = decodeWords(field.slice(0, longest)).toLowerCase();
  if (!raw.includes('(')) return { text: clean(raw), comments: '' };
  const inComments = findComments(raw, () => undefined);
  let text = '';
  let comments = '';
  for (let at = 0; at < raw.length; at++) {
    const close = inComments.get(at);
    if (close === undefined) text += raw[at];
    else {
      comments += ` ${raw.slice(at + 1, close)}`;
      text += ' ';
      at = close;
    }
  }
  return { text: clean(text), comments: clean(comments) };
}

function clean(text: string): string {
  const parted = text
    .replace(/(:\d\d),(?=\d)/g, '$1.')
    .replace(/[\s,"()\u200e\u200f]+/g, ' ')
    .trim();
  return parted.includes(' :') || parted.includes(': ') ? parted.replace(/(\d) ?: ?(?=\d)/g, '$1:') : parted;
}

function readDay(text: string): Written | null {
  const behind = (match: RegExpExecArray) => text.slice(match[0].length);
  const first = dayFirst.exec(text);
  if (first) {
    const [, day = '', month = '', year = ''] = first;
    return { year, month, day, rest: behind(first) };
  }
  const named = monthFirst.exec(text);
  if (named) {
    const [, month = '', day = '', year = ''] = named;
    return { year, month, day, rest: behind(named) };
  }
  const yearless = monthOnly.exec(text);
  if (yearless) return withYearBehind(yearless[2] ?? '', yearless[1] ?? '', behind(yearless));
  const turned = dayOnly.exec(text);
  if (turned) return withYearBehind(turned[1] ?? '', turned[2] ?? '', behind(turned));
  return readNumericDay(text);
}

/** The year stands behind the time, before or behind a zone. */
function withYearBehind(day: string, month: string, rest: string): Written | null {
  const year = /(?:^| )(\d{4})(?= |$)/.exec(rest);
  if (!year) return null;
  const without = `${rest.slice(0, year.index)} ${rest.slice(year.index + year[0].length)}`;
  return { year: year[1] as string, month, day, rest: without.replace(/ +/g, ' ').trim() };
}

function readNumericDay(text: string): Written | null {
  const iso = yearFirst.exec(text);
  if (iso) {
    const [match, year = '', , month = '', day = ''] = iso;
    return { year, month: Number(month), day, rest: text.slice(match.length) };
  }
  const digits = basic.exec(text);
  if (digits) {
    const [match, year = '', month = '', day = '', hour, minute, second] = digits;
    const rest = `${hour}:${minute}:${second} ${text.slice(match.length)}`;
    return { year, month: Number(month), day, rest };
  }
  const [match, first = '', separator, second = '', year = ''] = numeric.exec(text) ?? [];
  if (match === undefined) return null;
  const rest = text.slice(match.length);
  if (separator === '.' || separator === ' ' || Number(first) > 12 || first === second)
    return { year, month: Number(second), day: first, rest };
  return Number(second) > 12 ? { year, month: Number(first), day: second, rest } : null;
}

/** RFC 5322 4.3: two digits up to 49 are of this century, three digits count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2 && year < 50) return 2000 + year;
  return digits.length < 4 ? 1900 + year : year;
}

function monthNamed(name: string): number {
  return monthOf.get(name.slice(0, 3)) ?? monthOf.get(name.slice(0, 4)) ?? -1;
}

interface TimeOfDay {
  hour: number;
  minute: string | undefined;
  second: string | undefined;
  /** `a` or `p`. */
  half: string | undefined;
}

function instant({ year, month, day }: Written, time: TimeOfDay, east: number): string | null {
  const y = fullYear(year);
  const m = typeof month === 'number' ? month - 1 : monthNamed(month);
  const [d, minute, second] = [Number(day), Number(time.minute ?? 0), Number(time.second ?? 0)];
  if (time.half && time.hour > 12 && time.half === 'a') return null;
  const hour = time.half ? (time.hour % 12) + (time.half === 'p' ? 12 : 0) : time.hour;
  if (hour > 23 || minute > 59 || second > 60 || y < 1000 || m < 0 || m > 11) return null;
  // There is no such day where it counts as one of the next month.
  if (d < 1 || (d > 28 && new Date(Date.UTC(y, m, d)).getUTCDate() !== d)) return null;
  const date = new Date(Date.UTC(y, m, d, hour, minute - east, second));
  return date.getUTCFullYear() <= 9999 ? date.toISOString() : null;
}
