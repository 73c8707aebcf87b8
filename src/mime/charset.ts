import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { charsetName } from './charset-names.ts';
import { type DecodedText, decodeDeclared, isCharset } from './declared-charset.ts';
import { decodeChinese, decodeEscapes, decodeHz, decodeKorean } from './iso-2022.ts';
import { decodeUtf16, decodeUtf32, looksLikeUtf16 } from './utf-16.ts';

/** Charsets that are not ASCII with more above 127, or that iconv-lite does not have. */
const decoders: ReadonlyMap<string, (bytes: Buffer) => string> = new Map([
  ['utf-7', (bytes) => iconv.decode(bytes, 'utf-7')],
  ['cesu-8', (bytes) => iconv.decode(bytes, 'cesu-8')],
  ['utf-16', (bytes) => decodeUtf16(bytes, null)],
  ['utf-16le', (bytes) => decodeUtf16(bytes, 'le')],
  ['utf-16be', (bytes) => decodeUtf16(bytes, 'be')],
  ['utf-32', (bytes) => decodeUtf32(bytes, null)],
  ['utf-32le', (bytes) => decodeUtf32(bytes, 'le')],
  ['utf-32be', (bytes) => decodeUtf32(bytes, 'be')],
  ['iso-2022-kr', decodeKorean],
  ['iso-2022-cn', decodeChinese],
  ['hz-gb-2312', decodeHz],
  ['gbk', decodeGb],
]);

/** What is declared in place of a charset, and the one that Outlook means by it where the bytes are no UTF-8. */
const instead: ReadonlyMap<string, string> = new Map([
  ['autodetect', 'iso-2022-jp'],
  ['autodetect-kr', 'cp949'],
]);

/** Charsets in which a character has two bytes, so that some of their texts are UTF-8 by chance. */
const doubleByte = /^(?:gb|big5|shift_jis|euc|cp949)/;
/** Charsets of which text is never UTF-8. */
const notAscii = /^(?:iso-?2022|ebcdic|cp(?:037|1047|500|875))/;

/** A charset as it was declared. */
interface Declared {
  name: string;
  /** `open`: nothing is said of bytes above 127. */
  kind: 'known' | 'unknown' | 'open';
}

const declarations = new Map<string, Declared>();
/** Names of charsets come from mail: no more of their spellings than this are kept. */
const mostDeclarations = 500;

/**
 * Text as mail has it, in the charset that was declared for it, or in what its bytes show that it is: ISO 2022 by its
 * escapes, UTF-16 by its mark, UTF-8 by its form. Undeclared bytes are UTF-8 when they look like it, else
 * windows-1252. `within` is the charset that the text itself names, as html does: it counts where none was declared, or
 * one that does not fit.
 *
 * All text that is made of a mail is made here, and none has half of a surrogate pair, with which no strict reader of
 * JSON takes it (RFC 8259 8.2).
 */
export function decodeBytes(
  bytes: Buffer,
  declared: string | null,
  within: string | null = null,
): DecodedText {
  const { text, defect } = decodeWith(bytes, read(declared), within);
  const wellFormed = text.toWellFormed();
  return { text: wellFormed, defect: wellFormed === text ? defect : 'charset-wrong' };
}

function decodeWith(bytes: Buffer, declared: Declared, within: string | null): DecodedText {
  const decoded = decode(bytes, declared);
  if (within === null || isAscii(bytes) || isUtf8(bytes)) return decoded;
  if (declared.kind !== 'open' && decoded.defect === null) return decoded;
  const other = decode(bytes, read(within));
  return other.defect === null ? { text: other.text, defect: decoded.defect } : decoded;
}

function decode(bytes: Buffer, declared: Declared): DecodedText {
  const { name, kind } = declared;
  const decoder = decoders.get(name);
  if (decoder && (name !== 'gbk' || !isUtf8(bytes))) return flagged(decoder(bytes));
  const defect = kind === 'open' ? null : kind === 'known' ? 'charset-wrong' : 'charset-unknown';
  if (isAscii(bytes)) {
    const text = bytes.includes(0x1b) ? decodeEscapes(bytes) : null;
    if (text !== null) return name.startsWith('iso-2022') ? flagged(text) : { text, defect };
    return kind === 'unknown' ? { text: bytes.toString('latin1'), defect } : decodeDeclared(bytes, name);
  }
  if (looksLikeUtf16(bytes)) return { text: decodeUtf16(bytes, null), defect };
  if (isUtf8(bytes))
    return isUtf8InFact(bytes, declared) ? asUtf8(bytes, defect) : decodeDeclared(bytes, name);
  const surrogates = kind === 'open' || name === 'utf-8' ? decodeSurrogates(bytes) : null;
  if (surrogates !== null) return { text: surrogates, defect };
  const other = instead.get(name);
  return other === undefined ? decodeDeclared(bytes, name) : decodeInstead(bytes, other);
}

function read(declared: string | null): Declared {
  const written = declared ?? '';
  const known = declarations.get(written);
  if (known) return known;
  const name = charsetName(written);
  const open = name === '' || name === 'unknown' || instead.has(name);
  const read: Declared = {
    name,
    kind: open ? 'open' : decoders.has(name) || isCharset(name) ? 'known' : 'unknown',
  };
  // One mail may have thousands of names that are none; they are not to drive out the others.
  if (read.kind === 'unknown') return read;
  if (declarations.size >= mostDeclarations) declarations.clear();
  declarations.set(written, read);
  return read;
}

function flagged(text: string): DecodedText {
  return { text, defect: text.includes('\ufffd') ? 'charset-wrong' : null };
}

function asUtf8(bytes: Buffer, defect: DecodedText['defect']): DecodedText {
  return { text: bytes.toString().replace(/^\ufeff/, ''), defect };
}

/**
 * Whether bytes that are valid UTF-8 are that, whatever was declared. Text of one byte a character hardly ever is by
 * chance: it would have to be pairs such as `Ã¤` throughout, and `É»` is the only such pair that people write. Of two
 * bytes short texts may be, but not several characters that UTF-8 writes in three.
 */
function isUtf8InFact(bytes: Buffer, { name, kind }: Declared): boolean {
  if (kind !== 'known' || name === 'utf-8' || notAscii.test(name)) return false;
  const foreign = bytes.toString().match(/[^\0-\x7f]/g) ?? [];
  if (!doubleByte.test(name))
    return foreign.length > 1 || !/[\xc4-\xdf][\xa0-\xbf]/.test(bytes.toString('latin1'));
  const wide = foreign.filter((character) => character >= '\u2e80');
  return wide.length >= 2 && 2 * wide.length >= foreign.length;
}

/** gb2312 and gbk stand for gb18030, of which they are parts (WHATWG Encoding 4.2); in it few bytes mean something else. */
function decodeGb(bytes: Buffer): string {
  const text = iconv.decode(bytes, 'gbk');
  return text.includes('\ufffd') ? iconv.decode(bytes, 'gb18030') : text;
}

/** UTF-8 of UTF-16, as Java and Oracle write it for characters beyond U+FFFF; null for anything else. */
function decodeSurrogates(bytes: Buffer): string | null {
  if (!/\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf]/.test(bytes.toString('latin1'))) return null;
  const text = iconv.decode(bytes, 'cesu-8');
  return text.isWellFormed() && !text.includes('\ufffd') ? text : null;
}

/** Undeclared text, or that of a region where it fits. */
function decodeInstead(bytes: Buffer, charset: string): DecodedText {
  const { text } = decodeDeclared(bytes, charset);
  return text.includes('\ufffd') ? decodeDeclared(bytes, null) : { text, defect: null };
}
