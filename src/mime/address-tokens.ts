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
  | { kind: 'bracket'; content: string; closed: boolean }
  | { kind: 'space' }
  | { kind: 'separator'; text: ',' | ';' | ':' }
  /** A quote, parenthesis or bracket without its counterpart, and what it stands for in a name. */
  | { kind: 'stray'; text: string; inName: string };

const space = /\s+/y;
const plainText = /[^\s"(),:;<>=@，；、]+/y;
/** Commas and semicolons of Chinese and Japanese. They separate addresses; in a name they are text. */
const wideSeparator = /^[，；、]$/;
const plainBracket = /<([^\s"(),:;<>=]+)>/y;
const domainLiteral = /@\[[^\]\s]{0,100}\]/y;
/** Schemes that programs leave before an address. */
const scheme = /^\[?(?:mailto|smtp)$/i;
/** A separator, or white space that does not stand within an address by mistake: behind its `@` or a dot. */
const endsAddress = /[,;"]$|[^@.\s]\s$/;

/** Takes an address field apart, in time that grows as its length does. */
export function tokenizeAddresses(field: string, report: Report): AddressToken[] {
  const tokens: AddressToken[] = [];
  const scan = createScan(field);
  for (let at = 0; at < field.length; ) {
    const { token, end } = readToken(field, at, scan);
    if (token.kind === 'stray' ? token.text !== ')' : token.kind === 'bracket' && !token.closed)
      report('addresses-malformed');
    tokens.push(token);
    at = end;
  }
  return tokens;
}

interface Read {
  token: AddressToken;
  end: number;
}

function readToken(field: string, at: number, scan: Scan): Read {
  const word = scan.wordAt(at);
  if (word) return { token: { kind: 'word', word }, end: word.end };
  const character = field[at] as string;
  switch (character) {
    case ',':
    case ';':
    case ':':
      return { token: { kind: 'separator', text: character }, end: at + 1 };
    case '，':
    case '；':
    case '、':
      if (scan.isBehindAddress(at)) return { token: { kind: 'separator', text: ',' }, end: at + 1 };
      break;
    case '"':
    case '(': {
      const close = character === '"' ? scan.closingQuote(at) : scan.closingParenthesis(at);
      if (close < 0) return stray(character, at);
      const kind = character === '"' ? 'quoted' : 'comment';
      return { token: { kind, content: scan.pieces(at + 1, close) }, end: close + 1 };
    }
    case '<':
      return scan.bracket(at) ?? stray(character, at);
    case '>':
    case ')':
      return stray(character, at);
  }
  space.lastIndex = at;
  if (space.test(field)) return { token: { kind: 'space' }, end: space.lastIndex };
  const end = scan.endOfText(at);
  const text = field.slice(at, end);
  if (field[end] !== ':' || !scheme.test(text)) return { token: { kind: 'text', text }, end };
  const endOfAddress = scan.endOfText(end + 1);
  return { token: { kind: 'text', text: field.slice(end + 1, endOfAddress) }, end: endOfAddress };
}

function stray(text: string, at: number): Read {
  const isQuote = text === '"';
  return { token: { kind: 'stray', text, inName: isQuote ? '' : text }, end: at + 1 };
}

type Scan = ReturnType<typeof createScan>;

const noWord = () => undefined;

/** What has to be looked for ahead in a field. Each answer is for positions that only grow. */
function createScan(field: string) {
  const words = findWords(field);
  const byStart = new Map(words.map((word) => [word.start, word]));
  const wordAt = words.length === 0 ? noWord : (at: number) => byStart.get(at);
  const comments = findComments(field, wordAt);
  const quotes = createQuotes(field, wordAt);
  let nextWord = 0;
  let endOfAddress = -1;
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

    isBehindAddress: (at: number): boolean => at === endOfAddress || field[at - 1] === '>',

    endOfText(from: number): number {
      let hasAt = false;
      for (let at = from; ; ) {
        plainText.lastIndex = at;
        if (plainText.test(field)) at = plainText.lastIndex;
        const character = field[at];
        domainLiteral.lastIndex = at;
        if (character === '@') {
          at = domainLiteral.test(field) ? domainLiteral.lastIndex : at + 1;
          hasAt = true;
        } else if (character !== undefined && wideSeparator.test(character)) {
          if (hasAt) endOfAddress = at;
          if (hasAt) return at;
          at++;
        } else if ((character === '=' && !wordAt(at)) || (character === ':' && isColonOfText(field, at)))
          at++;
        else return at;
      }
    },

    bracket: (at: number): Read | null => findBracket(field, at, wordAt, quotes.closing),
  };
}

/** The bracket that opens at a position; null when there is no address in it, nor its end. */
function findBracket(
  field: string,
  at: number,
  wordAt: (at: number) => EncodedWord | undefined,
  closingQuote: (at: number) => number,
): Read | null {
  plainBracket.lastIndex = at;
  const plain = plainBracket.exec(field)?.[1];
  if (plain !== undefined) return bracketOf(plain, at + plain.length + 2, true);
  let close = at + 1;
  while (field[close] === ' ') close++;
  if (field[close] === '"') close = Math.max(close, closingQuote(close)) + 1;
  let separator = -1;
  let address = false;
  for (; close < field.length && field[close] !== '>' && field[close] !== '<'; close++) {
    const word = wordAt(close);
    if (word) close = word.end - 1;
    else if (field[close] === '@') address ||= separator < 0;
    else if (separator < 0 && (address ? endsAddress : /[,;"]$/).test(field.slice(close - 1, close + 1)))
      separator = close;
  }
  if (field[close] === '>') return bracketOf(field.slice(at + 1, close), close + 1, true);
  const end = separator < 0 ? close : separator;
  return address ? bracketOf(field.slice(at + 1, end), end, false) : null;
}

const bracketOf = (content: string, end: number, closed: boolean): Read => ({
  token: { kind: 'bracket', content, closed },
  end,
});

/** `10:30`, `http://`: no colon that ends the name of a group. */
function isColonOfText(field: string, at: number): boolean {
  const isDigit = (character = '') => character >= '0' && character <= '9';
  return (isDigit(field[at - 1]) && isDigit(field[at + 1])) || field.startsWith('//', at + 1);
}
