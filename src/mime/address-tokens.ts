import { createQuotes, findComments } from './address-delimiters.ts';
import type { Report } from './defects.ts';
import { type EncodedWord, findWords, type Piece } from './words.ts';

/** What an address field is made of (RFC 5322 3.2, 3.4). Encoded words are found first: nothing in one is another token. */
export type AddressToken =
  | { kind: 'text'; text: string }
  | { kind: 'quoted'; content: Piece[] }
  | { kind: 'word'; word: EncodedWord }
  | { kind: 'comment'; content: Piece[] }
  /** What stands between angle brackets, of which the second may be missing. */
  | { kind: 'bracket'; content: string }
  | { kind: 'space' }
  | { kind: 'separator'; text: ',' | ';' | ':' }
  /** A quote, parenthesis or bracket without its counterpart; with the text it stands for in a name. */
  | { kind: 'stray'; text: string; quote?: true };

const space = /\s+/y;
/** Schemes that programs leave before an address. */
const scheme = /(\[?)(?:mailto|smtp):(?=[^\s,;:<>])/iy;
const domainLiteral = /@\[[^\]\s]{0,100}\]/y;
/** A separator, or white space that does not stand within an address by mistake: behind its `@` or a dot. */
const endsAddress = /[,;"]$|[^@.\s]\s$/;
const special = new Set(' \t"(),:;<>');

/** Takes an address field apart, as far as it is read, in time that grows as its length does. */
export function* tokenizeAddresses(field: string, report: Report): Generator<AddressToken> {
  const scan = createScan(field);
  const stray = (text: string): AddressToken => {
    if (text !== ')') report('addresses-malformed');
    return { kind: 'stray', text: text === '"' ? '' : text, ...(text === '"' ? { quote: true } : {}) };
  };
  for (let at = 0; at < field.length; ) {
    const word = scan.wordAt(at);
    const character = field[at] as string;
    space.lastIndex = at;
    let end = at + 1;
    if (word) {
      end = word.end;
      yield { kind: 'word', word };
    } else if (space.test(field)) {
      end = space.lastIndex;
      yield { kind: 'space' };
    } else if (character === ',' || character === ';' || character === ':') {
      yield { kind: 'separator', text: character };
    } else if (character === '"' || character === '(') {
      const close = character === '"' ? scan.closingQuote(at) : scan.closingParenthesis(at);
      if (close < 0) yield stray(character);
      else {
        end = close + 1;
        yield { kind: character === '"' ? 'quoted' : 'comment', content: scan.pieces(at + 1, close) };
      }
    } else if (character === '<') {
      const bracket = scan.bracket(at);
      if (bracket === null) yield stray(character);
      else {
        if (!bracket.closed) report('addresses-malformed');
        end = bracket.end;
        yield { kind: 'bracket', content: bracket.content };
      }
    } else if (character === '>' || character === ')') {
      yield stray(character);
    } else {
      end = scan.endOfText(at);
      scheme.lastIndex = at;
      const prefix = scheme.exec(field);
      if (prefix) end = scan.endOfText(scheme.lastIndex);
      yield { kind: 'text', text: (prefix?.[1] ?? '') + field.slice(prefix ? scheme.lastIndex : at, end) };
    }
    at = end;
  }
}

/** What has to be looked for ahead in a field. Each answer is for positions that only grow. */
function createScan(field: string) {
  const words = findWords(field);
  const byStart = new Map(words.map((word) => [word.start, word]));
  const wordAt = (at: number) => (field[at] === '=' ? byStart.get(at) : undefined);
  const comments = findComments(field, wordAt);
  const quotes = createQuotes(field, wordAt);
  let nextWord = 0;
  return {
    wordAt,
    closingQuote: quotes.closing,
    closingParenthesis: (at: number): number => comments.get(at) ?? -1,

    /** What stands in a quoted string or a comment: its words, and its text without the backslashes of quoted pairs. */
    pieces(from: number, to: number): Piece[] {
      const pieces: Piece[] = [];
      const add = (start: number, end: number) => {
        if (end > start) pieces.push(field.slice(start, end).replace(/\\(.)/gs, '$1'));
      };
      let at = from;
      while ((words[nextWord]?.start ?? to) < from) nextWord++;
      for (; (words[nextWord]?.start ?? to) < to; nextWord++) {
        const word = words[nextWord] as EncodedWord;
        add(at, word.start);
        pieces.push(word);
        at = word.end;
      }
      add(at, to);
      return pieces;
    },

    endOfText(from: number): number {
      let at = from;
      for (; at < field.length; at++) {
        const character = field[at] as string;
        if (character === '@') {
          domainLiteral.lastIndex = at;
          if (domainLiteral.test(field)) at = domainLiteral.lastIndex - 1;
        } else if (character === '=' ? byStart.has(at) : special.has(character) || character > '~') {
          if (character > '~' && !/\s/.test(character)) continue;
          if (character === ':' && isColonOfText(field, at)) continue;
          break;
        }
      }
      return at;
    },

    /** The bracket that opens at a position; null when there is no address in it, nor its end. */
    bracket(at: number): { content: string; end: number; closed: boolean } | null {
      let close = at + 1;
      while (field[close] === ' ') close++;
      if (field[close] === '"') close = Math.max(close, quotes.closing(close)) + 1;
      let separator = -1;
      let address = false;
      for (; close < field.length && field[close] !== '>' && field[close] !== '<'; close++) {
        const word = wordAt(close);
        if (word) close = word.end - 1;
        else if (field[close] === '@') address ||= separator < 0;
        else if (separator < 0 && (address ? endsAddress : /[,;"]$/).test(field.slice(close - 1, close + 1)))
          separator = close;
      }
      if (field[close] === '>') return { content: field.slice(at + 1, close), end: close + 1, closed: true };
      const end = separator < 0 ? close : separator;
      return address ? { content: field.slice(at + 1, end), end, closed: false } : null;
    },
  };
}

/** `10:30`, `http://`: no colon that ends the name of a group. */
function isColonOfText(field: string, at: number): boolean {
  const isDigit = (character = '') => character >= '0' && character <= '9';
  return (isDigit(field[at - 1]) && isDigit(field[at + 1])) || field.startsWith('//', at + 1);
}
