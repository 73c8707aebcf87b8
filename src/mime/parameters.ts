import { createContinuations } from './continuations.ts';
import { decodeWords, type EncodedWord, findWords } from './words.ts';

const nameStart = /[;\s="]*([^\s=;"]+)\s*(=?)\s*/y;
const endsValue = /\s*(?:;|$|[\w*-]+\s*=)/y;
const endsQuote = /\s*(?:;|$)/y;
/** A parameter behind another whose semicolon is missing: any name could be text of a value, these are known. */
const knownName =
  /\s(?:charset|format|delsp|boundary|name|filename|type|start|size|(?:creation|modification|read)-date|x-[\w-]{1,50})(?:\*\d{0,6}\*?)?\s*=/iy;
/** What neither ends a value nor begins an encoded word. */
const plain = /[^;=\s]+/y;
const anyName = /;\s*[\w*-]+\s*=/;

/**
 * The parameters of a field (RFC 2045 5.1, RFC 2231), from a position in it: by names in lower case, the first of
 * each that is not empty, decoded. `text` has no comments. Each character is looked at a few times at most.
 */
export function readParameters(text: string, from: number): Map<string, string> {
  const parameters = new Map<string, string>();
  if (from >= text.length) return parameters;
  const continuations = text.includes('*') ? createContinuations() : null;
  const words: WordEnds = text.includes('=?')
    ? new Map(wordsInValues(text).map((word) => [word.start, word.end]))
    : noWords;
  for (nameStart.lastIndex = from; nameStart.lastIndex < text.length; ) {
    const match = nameStart.exec(text);
    if (!match) break;
    if (match[2] === '') continue;
    const name = (match[1] as string).toLowerCase();
    const start = nameStart.lastIndex;
    const { content, end } =
      text[start] === '"' ? readQuoted(text, start, words) : readToken(text, start, words);
    nameStart.lastIndex = end;
    const value = text[start] === '"' ? withoutQuotedPairs(content, name) : withoutApostrophes(content, name);
    if (continuations && name.indexOf('*') > 0) continuations.add(name, value);
    else if (!parameters.get(name)) parameters.set(name, name === 'boundary' ? value : decodeWords(value));
  }
  for (const [name, content] of continuations?.join() ?? [])
    if (content !== '') parameters.set(name, content);
  return parameters;
}

/** The encoded words of a field with parameters, but for those that were cut into sections (RFC 2231 3). */
export function wordsInValues(text: string): EncodedWord[] {
  return findWords(text).filter(({ content }) => !/"\s*;|;\s*[\w-]+\*\d/.test(content));
}

interface Read {
  content: string;
  /** Where the next parameter is looked for. */
  end: number;
}

type WordEnds = ReadonlyMap<number, number>;
const noWords: WordEnds = new Map();

/** A value without quotes: up to the semicolon, whatever else stands in it, or up to a parameter that is known. */
function readToken(text: string, from: number, words: WordEnds): Read {
  let end = from;
  for (let ended = false; !ended; ) {
    plain.lastIndex = end;
    if (plain.test(text)) end = plain.lastIndex;
    knownName.lastIndex = end;
    ended = end >= text.length || text[end] === ';' || knownName.test(text);
    if (!ended) end = words.get(end) ?? end + 1;
  }
  const content = text.slice(from, end).trim();
  const closed = content.indexOf('"') === content.length - 1;
  return { content: closed ? content.slice(0, -1) : content, end };
}

/**
 * A quoted string. It closes at the first quote, if what follows makes sense there, else at the last one before the
 * semicolon: names hold quotes that should have been escaped. Where it never closes it ends before the next parameter.
 */
function readQuoted(text: string, quote: number, words: WordEnds): Read {
  const from = quote + 1;
  let first = -1;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    const word = words.get(at);
    if (word) at = word - 1;
    else if (character === '\\') at++;
    else if (character === ';' && first >= 0) break;
    else if (character === '"') {
      const opened = first < 0 ? startOfParameter(text, from, at) : -1;
      if (opened >= 0) return { content: text.slice(from, opened), end: opened };
      const ends = first < 0 ? endsValue : endsQuote;
      ends.lastIndex = at + 1;
      if (ends.test(text)) return { content: text.slice(from, at), end: at + 1 };
      if (first < 0) first = at;
    }
  }
  if (first >= 0) return { content: text.slice(from, first), end: behindJunk(text, first + 1) };
  const rest = text.slice(from);
  const next = anyName.exec(rest);
  return next
    ? { content: rest.slice(0, next.index), end: from + next.index }
    : { content: rest, end: text.length };
}

function behindJunk(text: string, from: number): number {
  const semicolon = text.indexOf(';', from);
  return semicolon < 0 ? text.length : semicolon;
}

/** The quote at a position opens the value of another parameter, `; name="`: where that begins; else -1. */
function startOfParameter(text: string, from: number, quote: number): number {
  let at = quote - 1;
  const skip = (pattern: RegExp) => {
    while (at >= from && pattern.test(text[at] as string)) at--;
  };
  skip(/\s/);
  if (text[at] !== '=') return -1;
  at--;
  skip(/[\w*\s-]/);
  return at >= from && text[at] === ';' ? at : -1;
}

/** The name of a file: of it some things are known that are not of all parameters. */
const nameOfFile = /^(?:file)?name(?:\*|$)/;

/** Some quote the name of a file with apostrophes. */
function withoutApostrophes(content: string, name: string): string {
  return nameOfFile.test(name) && /^'[^']+'$/.test(content) ? content.slice(1, -1) : content;
}

/**
 * Quoted pairs stand for their second character (RFC 5322 3.2.4). In the name of a file a backslash before a letter
 * or a digit parts a Windows path, as nobody has to quote those; behind a drive all do.
 */
function withoutQuotedPairs(content: string, name: string): string {
  if (!content.includes('\\')) return content;
  if (!nameOfFile.test(name)) return content.replace(/\\(.)/gs, '$1');
  if (/^[a-z]:\\(?!\\)/i.test(content)) return content.replaceAll('\\"', '"');
  return content.replace(/\\(.)/gsu, (pair, second: string) =>
    /[\p{L}\p{N}]/u.test(second) ? pair : second,
  );
}
