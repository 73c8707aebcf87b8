import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeWords } from '../../src/mime/words.ts';

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
    // White space and question marks that should have been encoded (RFC 2047 4.2)
    ['=?utf-8?Q?Gr=C3=BCn?_oder_blau??=', 'Grün? oder blau?'],
    ['=?utf-8?Q?Was?=21?= sagt er', 'Was?! sagt er'],
    ['=?utf-8?Q?a?=be', 'abe'],
    ['=?utf-8?Q?a b?= c', 'a b c'],
    ['=?utf-8?B?w6 Q=?=', 'ä'],
    // No white space around (5)
    ['a=?utf-8?q?=C3=A4?=b', 'aäb'],
    ['=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?Q?a?=?utf-8?Q?b?=', 'ab'],
    ['=?=?utf-8?Q?=C3=A4?=', '=?ä'],
    // Padding that is missing, too much, or in the middle; groups that were cut
    ['=?utf-8?B?w6Q?=', 'ä'],
    ['=?utf-8?B?w6Q====?=', 'ä'],
    ['=?utf-8?B?w6Q=w6Q=?=', 'ää'],
    ['=?utf-8?B?w6Q?= =?utf-8?B?w6Q?=', 'ää'],
    ['=?utf-8?B?w6?= =?utf-8?B?Q=?=', 'ä'],
    ['=?utf-8?B?w?= =?utf-8?B?6Q=?=', 'ä'],
    // Characters cut in two, also between the encodings
    ['=?utf-8?Q?=F0=9F?= =?UTF-8?Q?=92=A9?=', '\u{1f4a9}'],
    ['=?utf-8?Q?=C3?= =?utf-8?B?pA==?=', 'ä'],
    // Never closed: what is encoded is decoded, up to white space or the next word
    ['=?utf-8?Q?Gr=C3=BC', 'Grü'],
    ['=?utf-8?Q?Gr=C3=BC, hallo', 'Grü, hallo'],
    ['=?utf-8?Q?Gr=C3=BC? =?utf-8?Q?n?=', 'Grün'],
    ['=?utf-8?Q?Gr=C3=BC =?utf-8?Q?n?=', 'Grün'],
    ['=?utf-8?B?w6Q=', 'ä'],
    ['=?utf-8?B?w6Q=? b', 'ä b'],
    ['=?utf-8?B?open', '=?utf-8?B?open'],
    // A language (RFC 2231 5), an unknown charset, characters that are not encoded
    ['=?ISO-8859-1*de-AT?Q?=FC?=', 'ü'],
    ['=?x-unknown?B?w6Q=?=', 'ä'],
    ['=?utf-8?Q?a\u00e9=C3=A4?=', 'aéä'],
  ];
  for (const [written, expected] of words)
    test(`${written} is ${JSON.stringify(expected)}`, () => assert.equal(decodeWords(written), expected));
});
