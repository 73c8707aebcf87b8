import { decodeBytes } from './charset.ts';

/** An encoded word (RFC 2047 2): what stands in a text from `start` up to `end`. */
export interface EncodedWord {
  start: number;
  end: number;
  /** In lower case, without a language (RFC 2231 5). */
  charset: string;
  encoding: 'b' | 'q';
  content: string;
}

/** A text in pieces: plain ones, and the encoded words between them. */
export type Piece = string | EncodedWord;

/** How a word begins; some put white space or quotes around the charset, or leave it out. Bounded, so that the search is linear. */
const opening = /=\?[ "']{0,2}([^?\s<>@,;"'()]{0,100})[ "']{0,2}\? ?([bq]) ?\?/gi;
const onlySpace = /^[ \t\r\n]*$/;

/**
 * The encoded words of a text, as mailers write them against the rule: anywhere (5), with white space and question
 * marks as themselves (4.2), and never closed, as long as something in them is encoded. A word reaches no further
 * than the beginning of the next.
 */
export function findWords(text: string): EncodedWord[] {
  if (!text.includes('=?')) return [];
  const words: EncodedWord[] = [];
  const closings = createClosingFinder(text);
  const openings = [...text.matchAll(opening)];
  for (const [index, match] of openings.entries()) {
    const from = match.index + match[0].length;
    const limit = openings[index + 1]?.index ?? text.length;
    const encoding = match[2]?.toLowerCase() as EncodedWord['encoding'];
    const charset = (match[1] as string).replace(/\*.*$/, '').toLowerCase();
    const closing = closings.find(from, limit, encoding);
    const word = closing < 0 ? unclosed(text, from, limit, encoding, charset) : closed(text, from, closing);
    if (word === null) continue;
    // `?=` may be the beginning of the next word, too.
    const start = Math.max(match.index, words.at(-1)?.end ?? 0);
    words.push({ ...word, start, charset, encoding });
  }
  return words;
}

const closed = (text: string, from: number, to: number) => ({ content: text.slice(from, to), end: to + 2 });

/** Finds where words close. Asked for positions that only grow, it looks at each character once. */
function createClosingFinder(text: string) {
  let next = -1;
  const nextClosing = (from: number): number => {
    if (next < from) next = text.indexOf('?=', from);
    if (next < 0) next = text.length;
    return next;
  };
  return {
    /** Where `?=` closes the word whose content begins at `from`; -1 if that is not before `limit`. */
    find(from: number, limit: number, encoding: EncodedWord['encoding']): number {
      let closing = nextClosing(from);
      // In a Q word `?=3D` may be a question mark and an encoded character: then one more `?=` closes the word.
      while (encoding === 'q' && isHex(text, closing + 2)) {
        const another = nextClosing(closing + 2);
        if (another >= limit || /[\s<>"]/.test(text.slice(closing, another))) break;
        closing = another;
      }
      if (closing >= Math.min(limit, text.length)) return -1;
      // Base64 has no question mark: what comes behind one is not of the word.
      return encoding === 'b' && text.slice(from, closing).includes('?') ? -1 : closing;
    },
  };
}

const hex = /[0-9a-f]{2}/iy;

function isHex(text: string, at: number): boolean {
  hex.lastIndex = at;
  return hex.test(text);
}

/** A word without `?=`, which ends at white space or at what belongs to an address; null when it is none. */
function unclosed(text: string, from: number, limit: number, encoding: 'b' | 'q', charset: string) {
  const length = text.slice(from, limit).search(/[\s<>"]/);
  const written = trimEnd(text.slice(from, length < 0 ? limit : from + length), ',;)');
  const content = trimEnd(written, '?');
  const halfClosed = content.length < written.length;
  const encoded =
    encoding === 'q'
      ? /=[0-9a-f]{2}/i.test(content)
      : /^[a-z0-9+/]{3,}={0,2}$/i.test(content) &&
        decodeBytes(Buffer.from(content, 'base64'), charset).defect === null;
  return halfClosed || encoded ? { content, end: from + written.length } : null;
}

/** A text without these characters at its end. Unlike a pattern it looks at each of them once. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

/** A text with its encoded words decoded. */
export function decodeWords(text: string): string {
  return text.includes('=?') ? decodePieces(splitWords(text)) : text;
}

export function splitWords(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const word of findWords(text)) {
    if (word.start > at) pieces.push(text.slice(at, word.start));
    pieces.push(word);
    at = word.end;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

/**
 * The text of pieces, decoded. White space between two words is dropped (RFC 2047 6.2); neighbours in one charset
 * are decoded together, as many mailers cut characters in two against the rule.
 */
export function decodePieces(pieces: readonly Piece[]): string {
  const decoded: string[] = [];
  let run: EncodedWord[] = [];
  let space = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      if (run.length > 0 && onlySpace.test(piece)) {
        space += piece;
        continue;
      }
      decoded.push(decodeRun(run), space, piece);
      run = [];
    } else {
      if (run.length > 0 && run[0]?.charset !== piece.charset) {
        decoded.push(decodeRun(run));
        run = [];
      }
      run.push(piece);
    }
    space = '';
  }
  decoded.push(decodeRun(run), space);
  return decoded.join('');
}

/** What is encoded cannot break the line it is put in, and holds no NUL, which no database of text takes. */
function decodeRun(words: EncodedWord[]): string {
  if (words.length === 0) return '';
  return decodeTogether(words)
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('\0', '\ufffd');
}

function decodeTogether(words: readonly EncodedWord[]): string {
  const charset = words[0]?.charset ?? null;
  const decode = (bytes: Buffer) => decodeBytes(bytes, charset).text;
  const apart = words.map(bytesOf);
  const together = decode(Buffer.concat(apart));
  if (words.length === 1) return together;
  const contents = words.map(({ content }) => content.replace(/[\s=]+/g, ''));
  // Base64 of the whole that was cut, and not between two of its groups of four.
  const cut = contents.some((content) => content.length % 4 === 1);
  if (cut && words.every(({ encoding }) => encoding === 'b')) {
    const joined = decode(Buffer.from(contents.join(''), 'base64'));
    if (!joined.includes('\ufffd')) return joined;
  }
  if (!together.includes('\ufffd')) return together;
  const each = apart.map(decode).join('');
  return each.includes('\ufffd') ? together : each;
}

function bytesOf({ encoding, content, charset }: EncodedWord): Buffer {
  if (encoding === 'b') return decodeBase64(content);
  const bytes = (/[\u0080-\uffff]/.test(content) ? withRawBytes(content, charset) : content)
    .replaceAll('_', ' ')
    .replace(/=[ \t]*([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** Characters that should have been encoded are bytes of the word's charset, or UTF-8 where they cannot be that. */
function withRawBytes(content: string, charset: string): string {
  return content.replace(/[\u0080-\uffff]+/g, (raw) => {
    const encoding = charset === 'utf-8' || /[\u0100-\uffff]/.test(raw) ? 'utf8' : 'latin1';
    return Buffer.from(raw, encoding).toString('latin1');
  });
}

/** Some join what was encoded apart, so that padding comes in the middle. */
function decodeBase64(content: string): Buffer {
  return Buffer.concat(content.split(/=+/).map((group) => Buffer.from(group, 'base64')));
}
