import { decodeBytes } from './charset.ts';

const encodedWord = /=\?([^?\s]+)\?([bq])\?([^?]*)\?=/gi;
const onlySpace = /^[ \t\r\n]*$/;

interface Word {
  charset: string;
  bytes: Buffer;
}

/**
 * Decodes the encoded words in a field (RFC 2047). White space between two of them is dropped (6.2); the bytes
 * of neighbours in one charset are decoded together, as many mailers cut characters in two against the rule.
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  let decoded = '';
  let end = 0;
  let words: Word[] = [];
  for (const match of text.matchAll(encodedWord)) {
    const between = text.slice(end, match.index);
    const word = readWord(match);
    if (words.length > 0 && !(onlySpace.test(between) && words[0]?.charset === word.charset)) {
      decoded += join(words);
      if (onlySpace.test(between)) end = match.index;
      words = [];
    }
    if (words.length === 0) decoded += text.slice(end, match.index);
    words.push(word);
    end = match.index + match[0].length;
  }
  return decoded + join(words) + text.slice(end);
}

function readWord(match: RegExpExecArray): Word {
  const [, charset = '', encoding = '', content = ''] = match;
  // A language may follow the charset (RFC 2231 5).
  const word = { charset: charset.replace(/\*.*$/, '').toLowerCase() };
  if (encoding === 'b' || encoding === 'B') return { ...word, bytes: Buffer.from(content, 'base64') };
  const bytes = content
    .replaceAll('_', ' ')
    .replace(/=[ \t]*([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { ...word, bytes: Buffer.from(bytes, 'latin1') };
}

/** What is encoded cannot break the line it is put in, and holds no NUL, which no database of text takes. */
function join(words: Word[]): string {
  return decodeTogether(words)
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('\0', '\ufffd');
}

function decodeTogether(words: Word[]): string {
  if (words.length === 0) return '';
  const charset = words[0]?.charset ?? null;
  const together = decodeBytes(Buffer.concat(words.map((word) => word.bytes)), charset).text;
  if (words.length === 1 || !together.includes('\ufffd')) return together;
  const apart = words.map((word) => decodeBytes(word.bytes, charset).text).join('');
  return apart.includes('\ufffd') ? together : apart;
}
