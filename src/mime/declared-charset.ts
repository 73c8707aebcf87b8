import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { DefectCode } from './defects.ts';

export interface DecodedText {
  text: string;
  /** What was wrong with the declared charset. */
  defect: Extract<DefectCode, 'charset-unknown' | 'charset-wrong'> | null;
}

/** Names that say nothing about bytes above 127. */
const undeclared = new Set(
  'us-ascii ascii ansi_x3.4-1968 ansi_x3.4-1986 iso646-us 646 unknown-8bit x-unknown unknown default 7bit 8bit binary none'.split(
    ' ',
  ),
);

/**
 * Names that iconv-lite does not know, or reads without the characters that mail puts between 128 and 159
 * (WHATWG Encoding 4.2 reads them alike). Keys are without `x-`, `cs` and separators.
 */
const aliases: ReadonlyMap<string, string> = new Map([
  ['utf8mb4', 'utf-8'],
  ['iso88591', 'windows-1252'],
  ['iso885911987', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['l1', 'windows-1252'],
  ['isolatin1', 'windows-1252'],
  ['cp819', 'windows-1252'],
  ['ibm819', 'windows-1252'],
  ['isoir100', 'windows-1252'],
  ['iso88599', 'windows-1254'],
  ['latin5', 'windows-1254'],
  ['iso885911', 'windows-874'],
  ['iso88596i', 'iso-8859-6'],
  ['iso88596e', 'iso-8859-6'],
  ['tis620', 'windows-874'],
  ['iso88598i', 'iso-8859-8'],
  ['iso88598e', 'iso-8859-8'],
  ['logical', 'iso-8859-8'],
  ['visual', 'iso-8859-8'],
  ['uhc', 'cp949'],
  ['ksc5601', 'cp949'],
  ['ksc56011987', 'cp949'],
  ['ksc56011989', 'cp949'],
  ['korean', 'cp949'],
  ['mskanji', 'shift_jis'],
  ['ms932', 'shift_jis'],
  ['ibm932', 'shift_jis'],
  ['ms936', 'gbk'],
  ['ms949', 'cp949'],
  ['ms950', 'big5'],
  ['cnbig5', 'big5'],
  ['macroman', 'macintosh'],
  ['maccyrillic', 'maccyrillic'],
  ['macukrainian', 'macukraine'],
  ['iso10646ucs2', 'utf-16be'],
]);

/** Codecs of iconv-lite that are no charsets. */
const noCharsets = new Set(['base64', 'hex', 'binary', 'utf7imap']);

/** Those not in Unicode's own forms that write ASCII as other bytes, or other characters as ASCII bytes. */
const notAsciiCompatible = /^(?:utf-?(?:7|16|32)|ucs|unicode|iso-?2022|ebcdic|cp(?:037|1047|500|875))/;

type Decode = (bytes: Buffer) => DecodedText;

const known = new Map<string, Decode | null>();
/** Names of charsets come from mail: no more of their spellings than this are kept. */
const mostKnown = 500;

// They are loaded at the first use, and an exception for each unknown name would be slow.
iconv.encodingExists('utf-8');
const codecs: object = iconv.encodings ?? {};

// Of Node's TextDecoder only what iconv-lite has not is used: through Node 24 it reads windows-1252 as
// latin1 and euc-kr without the syllables of code page 949.
const iso2022jp = new TextDecoder('iso-2022-jp');

/**
 * Decodes text in the charset that was declared for it. Undeclared bytes are UTF-8 when they look like it, else
 * windows-1252; so is text whose declared charset is unknown, or US-ASCII or UTF-8 and untrue.
 *
 * Fingerprints are made of 8-bit header fields as this reads them, and those of stored messages must be found again: it
 * must not read any bytes in another way than before. What was learned since is in `charset.ts`.
 */
export function decodeDeclared(bytes: Buffer, declared: string | null): DecodedText {
  const name = (declared ?? '')
    .trim()
    .replace(/^['"]|['"]$/g, '')
    .toLowerCase();
  if (name === '' || undeclared.has(name)) {
    if (isAscii(bytes)) return { text: bytes.toString('latin1'), defect: null };
    return { text: guess(bytes), defect: name === 'us-ascii' || name === 'ascii' ? 'charset-wrong' : null };
  }
  if (name === 'utf-8' || name === 'utf8')
    return { text: guess(bytes), defect: isUtf8(bytes) ? null : 'charset-wrong' };
  let decode = known.get(name);
  if (decode === undefined) {
    decode = findDecoder(name);
    if (known.size >= mostKnown) known.clear();
    known.set(name, decode);
  }
  if (!decode) return { text: guess(bytes), defect: isAscii(bytes) ? null : 'charset-unknown' };
  return decode(bytes);
}

/** Whether a name that is declared is that of a charset. */
export function isCharset(name: string): boolean {
  return undeclared.has(name) || findDecoder(name) !== null;
}

/** UTF-8 if the bytes look like it, else windows-1252, in which all bytes mean something. */
function guess(bytes: Buffer): string {
  const text = decodeUtf8(bytes);
  return isUtf8(bytes) || looksLikeUtf8(text) ? text : iconv.decode(bytes, 'windows-1252');
}

/** Without a byte order mark. */
function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/**
 * Some bytes were not UTF-8: whether they are slips in text that is. Bytes of other charsets hardly ever form its
 * characters by chance.
 */
function looksLikeUtf8(text: string): boolean {
  const foreign = text.match(/[^\0-\x7f]/g) ?? [];
  const replaced = foreign.filter((character) => character === '\ufffd').length;
  return 8 * (foreign.length - replaced) > replaced;
}

function findDecoder(name: string): Decode | null {
  const plain = name.replace(/:\d{4}$|[^a-z0-9]/g, '');
  const bare = name
    .replace(/^(?:x-|cs)/, '')
    .replace(/[^a-z0-9]/g, '')
    .replace(/^8859/, 'iso8859');
  if (/^(?:iso2022jp|cp5022\d|junet)/.test(bare)) return decodeJapanese;
  const charset = aliases.get(bare) ?? [plain, bare].find((each) => each in codecs && !noCharsets.has(each));
  if (charset === undefined) return null;
  const asciiCompatible = !notAsciiCompatible.test(charset);
  return (bytes) => {
    if (asciiCompatible && isAscii(bytes)) return { text: bytes.toString('latin1'), defect: null };
    const text = iconv.decode(bytes, charset);
    if (!text.includes('\ufffd')) return { text, defect: null };
    return { text: isUtf8(bytes) ? bytes.toString() : text, defect: 'charset-wrong' };
  };
}

/**
 * ISO-2022-JP has seven bits (RFC 1468). Gateways put texts in the other charsets of Japan under its name; such a
 * text is told by the kana in it.
 */
function decodeJapanese(bytes: Buffer): DecodedText {
  if (isAscii(bytes)) return { text: iso2022jp.decode(bytes), defect: null };
  const others = isUtf8(bytes) ? ['utf-8'] : ['euc-jp', 'shift_jis'];
  const text = others
    .map((charset) => iconv.decode(bytes, charset))
    .find((other) => /[\u3040-\u30ff]/.test(other) && !other.includes('\ufffd'));
  return { text: text ?? iso2022jp.decode(bytes), defect: 'charset-wrong' };
}
