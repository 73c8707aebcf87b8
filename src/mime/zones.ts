/**
 * Hours east of Greenwich of named zones: those of RFC 5322 4.3, and others whose name means one zone in mail. All
 * other names mean an unknown zone there; so do the letters of the military, which RFC 822 had the wrong way round.
 */
const zones: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ gmt: 0, utc: 0, ut: 0, uct: 0, z: 0, wet: 0 },
    ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
    ...{ akst: -9, akdt: -8, hst: -10, hast: -10, hadt: -9, ast: -4, adt: -3, nst: -3.5, ndt: -2.5, brt: -3 },
    ...{
      bst: 1,
      west: 1,
      cet: 1,
      mez: 1,
      cest: 2,
      mesz: 2,
      met: 1,
      mest: 2,
      eet: 2,
      eest: 3,
      msk: 3,
      msd: 4,
    },
    ...{ wat: 1, cat: 2, sast: 2, eat: 3, pkt: 5, ict: 7, wib: 7, hkt: 8, sgt: 8, pht: 8, awst: 8 },
    ...{ jst: 9, kst: 9, acst: 9.5, acdt: 10.5, aest: 10, aedt: 11, nzst: 12, nzdt: 13 },
  }),
);

/** A zone in digits: +0100, +01:00, +1, behind a name as in GMT+0100; for which an offset may stand in seconds, too. */
const numericZone = /^[a-z]{0,5}([+-])(\d{1,2})(?::?(\d{2})(?::00|(?<=\d{4})00)?)?[.;]?$/;
/** As Windows and people write them out. */
const writtenOut = /\b(eastern|central|mountain|pacific) (standard|daylight) time\b/g;

/** What is known of the zone of a date. */
export interface Zone {
  /** East of Greenwich; null when no zone can be read. */
  minutes: number | null;
  /** Where one stands that cannot: in digits it means something; a name may mean any zone. */
  unreadable?: 'digits' | 'name';
}

/** The zone that stands in a text in lower case. The first in digits that can be read counts, else the first name. */
export function readZone(text: string): Zone {
  let named: number | undefined;
  let unreadable: Zone['unreadable'];
  for (const word of zoneWords(text)) {
    const [, sign, hours, rest = 0] = numericZone.exec(word) ?? [];
    if (sign && Number(hours) < 24 && Number(rest) < 60)
      return { minutes: (Number(hours) * 60 + Number(rest)) * (sign === '-' ? -1 : 1) };
    const hoursEast = /^0{3,4}$/.test(word) ? 0 : zones.get(word);
    if (hoursEast !== undefined) named ??= hoursEast * 60;
    else if (/\d/.test(word)) unreadable = 'digits';
    else if (/\p{L}/u.test(word)) unreadable ??= 'name';
  }
  return named === undefined && unreadable ? { minutes: null, unreadable } : { minutes: named ?? null };
}

function zoneWords(text: string): string[] {
  if (/^\S*$/.test(text) && !/[\u2212\u2013[]/.test(text)) return [text];
  return text
    .replace(/[\u2212\u2013]/g, '-')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/([+-]) (?=\d)/g, '$1')
    .replace(writtenOut, (name) => name.replace(/(\w)\w* ?/g, '$1'))
    .replace(/\b(m|e|w)et dst\b/g, '$1est')
    .split(' ');
}
