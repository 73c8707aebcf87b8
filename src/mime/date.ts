const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Hours east of Greenwich of named zones: those of RFC 5322 4.3, and others whose name means one zone only. All
 * other names mean an unknown zone there, which is read as UTC.
 */
const zones: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
    ...{ akst: -9, akdt: -8, hst: -10, west: 1, cet: 1, cest: 2, met: 1, mest: 2, eet: 2, eest: 3, msk: 3 },
    ...{ jst: 9, kst: 9, aest: 10, aedt: 11, nzst: 12, nzdt: 13 },
  }),
);

// Wed, 11 Feb 98 11:51:09 -0600, with all that RFC 5322 4.3 still allows and a hyphen between day, month and year.
const internetDate =
  /^(?:\D{1,20}[,\s]\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4}),?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?(?:\s*([ap]m)\b)?\s*(?:(?:gmt|utc?)?\s?([+-]\s?\d{1,2}:?\d{2})|([a-z]+))?/i;
// Wed Feb 11 11:51:09 1998, as asctime writes it, with a zone before or behind the year.
const asctimeDate =
  /^(?:[a-z]+,?\s+)?([a-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(?:(\d{4}),?\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([ap]m)\b)?(?:\s+([+-]\d{4}|[a-z]+))?(?:\s+(\d{4}))?(?:\s+([+-]\d{4}))?/i;
const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:[t\s]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(z|[+-]\d{2}:?\d{2})?/i;

/**
 * The instant a Date field names (RFC 5322 3.3 and 4.3), as ISO 8601 in UTC; null when it cannot be read. Never
 * depends on this machine's time zone.
 */
export function parseDate(field: string): string | null {
  const text = field.replace(/\([^()]*\)/g, ' ').trim();
  const internet = internetDate.exec(text);
  if (internet) {
    const [, day, month = '', year = '', hour, minute, second, half, offset, name] = internet;
    return instant(
      fullYear(year),
      monthNumber(month),
      day,
      ofDay(hour, half),
      minute,
      second,
      offset ?? name,
    );
  }
  const asctime = asctimeDate.exec(text);
  if (asctime) {
    const [, month = '', day, yearBefore, hour, minute, second, half, zone, yearBehind, zoneBehind] = asctime;
    const year = Number(yearBefore ?? yearBehind);
    return instant(year, monthNumber(month), day, ofDay(hour, half), minute, second, zoneBehind ?? zone);
  }
  const iso = isoDate.exec(text);
  if (!iso) return null;
  const [, year, month, day, hour, minute, second, zone] = iso;
  return instant(Number(year), Number(month), day, hour, minute, second, zone);
}

/** RFC 5322 4.3: two digits up to 49 are of this century, three digits count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2 && year < 50) return 2000 + year;
  return digits.length < 4 ? 1900 + year : year;
}

/** The hour of the day where `half` may say am or pm. */
function ofDay(hour: string | undefined, half: string | undefined): number {
  return half ? (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hour);
}

function monthNumber(name: string): number {
  return months.indexOf(name.toLowerCase()) + 1;
}

/** Minutes east of Greenwich. */
function offsetOf(zone: string | undefined): number {
  const numeric = /^([+-])\s?(\d{1,2}):?(\d{2})$/.exec(zone ?? '');
  if (!numeric) return (zones.get((zone ?? '').toLowerCase()) ?? 0) * 60;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  return numeric[1] === '-' ? -minutes : minutes;
}

type Digits = string | number | undefined;

function instant(
  year: number,
  month: number,
  day: Digits,
  hour: Digits,
  minute: Digits,
  second: Digits,
  zone?: string,
): string | null {
  const [d, h, m, s] = [Number(day), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  const valid =
    year >= 1000 && month >= 1 && month <= 12 && d >= 1 && d <= 31 && h <= 24 && m <= 59 && s <= 60;
  if (!valid) return null;
  const date = new Date(Date.UTC(year, month - 1, d, h, m - offsetOf(zone), s));
  return date.getUTCFullYear() <= 9999 ? date.toISOString() : null;
}
