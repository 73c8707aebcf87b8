import { createQuotes, findComments } from './address-delimiters.ts';
import type { Report } from './defects.ts';
import { decodePieces, type EncodedWord, splitWords, trimEnd } from './words.ts';

/**
 * The message identifiers of a field (RFC 5322 3.6.4) without their angle brackets, at most `limit`. Brackets need
 * not be closed, and an encoded word may stand for them. Where there are none, the words that look like identifiers
 * are taken: those with an `@`, else what is no sentence.
 */
export function parseMessageIds(field: string, limit: number, report: Report): string[] {
  const text = decodeIds(field);
  const bracketed = findBracketed(text, true);
  const found = bracketed.length > 0 ? bracketed : findBare(text);
  if (found.length <= limit) return found;
  report('message-ids-too-many');
  return found.slice(0, limit);
}

/** The identifier of a Message-ID or Content-ID field; what has no brackets is taken whole; null when there is none. */
export function parseMessageId(field: string | undefined): string | null {
  if (field === undefined) return null;
  const text = decodeIds(field);
  const [first] = findBracketed(text, false);
  return (first ?? withoutMarks(trimEnd(withoutComments(text).replace(/[\s<>]+/g, ''), ',;'))) || null;
}

/**
 * A field with its encoded words decoded, which it must not have (RFC 2047 5). Those that follow each other make one
 * identifier, with its brackets or without; they make one each when there is an `@` in each.
 */
function decodeIds(field: string): string {
  if (!field.includes('=?')) return field;
  let text = '';
  let open = false;
  let words: EncodedWord[] = [];
  const add = (more: string) => {
    text += more;
    const bracket = Math.max(more.lastIndexOf('<'), more.lastIndexOf('>'));
    if (bracket >= 0) open = more[bracket] === '<';
  };
  const close = () => {
    const each = words.map((word) => decodePieces([word]));
    const all = decodePieces(words);
    words = [];
    if (open || /[<>]/.test(all) || !all.includes('@')) add(all);
    else add((each.every((id) => id.includes('@')) ? each : [all]).map((id) => `<${id}>`).join(' '));
  };
  for (const piece of splitWords(field)) {
    if (typeof piece !== 'string') words.push(piece);
    else if (words.length === 0 || /\S/.test(piece)) {
      close();
      add(piece);
    }
  }
  close();
  return text;
}

/** Nothing but identifiers in brackets, as nearly all are. */
const inOrder = /^(?:<[^<>\s,;"'()]+>[\s,]*)+$/;

/**
 * Identifiers in brackets: those that stand in the field itself, else those in its quoted strings and comments. Of a
 * list come those without brackets, too, where nothing else stands in it: `a@example.com <b@example.com>`.
 */
function findBracketed(text: string, isList: boolean): string[] {
  if (!/[<>]/.test(text)) return [];
  if (inOrder.test(text)) return text.match(/[^<>\s,]+/g) ?? [];
  const ids: string[] = [];
  const inside: string[] = [];
  const bare = new Set<number>();
  let phrase = !isList;
  const noWord = () => undefined;
  const comments = findComments(text, noWord);
  const quotes = createQuotes(text, noWord);
  let enclosed = -1;
  let word = 0;
  const endWord = (at: number) => {
    const id = text.slice(word, at);
    if (id.includes('@')) bare.add(ids.push(id) - 1);
    else phrase ||= id !== '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (at > enclosed && character === '(') enclosed = comments.get(at) ?? -1;
    else if (at > enclosed && character === '"') enclosed = quotes.closing(at);
    const found = at > enclosed ? ids : inside;
    if (found === ids && /[\s,;<]/.test(character as string)) endWord(at);
    if (character === '<') {
      let end = at + 1;
      while (end < text.length && text[end] !== '<' && text[end] !== '>') end++;
      found.push(...splitIds(text.slice(at + 1, end), text[end] === '>'));
      at = text[end] === '>' ? end : end - 1;
      word = at + 1;
    } else if (character === '>') {
      // The first bracket is missing.
      const id = text.slice(word, at);
      if (id.includes('@')) found.push(id);
      word = at + 1;
    } else if (/[\s,;()]/.test(character as string)) word = at + 1;
  }
  if (enclosed < 0) endWord(text.length);
  const certain = phrase || enclosed >= 0 ? ids.filter((_, index) => !bare.has(index)) : ids;
  return certain.length > 0 ? certain : inside;
}

/**
 * What stands between brackets: one identifier, however it was folded; or several, when more than one has an `@`.
 * If the second bracket is missing the identifier ends at white space, unless that cut it.
 */
function splitIds(content: string, closed: boolean): string[] {
  const text = withoutMarks(withoutComments(content).trim());
  const several = text.indexOf('@') !== text.lastIndexOf('@');
  if (closed && !several) return text === '' ? [] : [text.replace(/\s+/g, '')];
  return joinWords(text, ({ at, end }, word) => {
    if (at && word.includes('@', 1)) return 'next';
    return closed || !at || /[@.]/.test(end) || word.startsWith('@') ? 'same' : 'none';
  });
}

/** An identifier as far as it is joined: whether there is an `@` in it, and its last character. */
interface Joined {
  parts: string[];
  at: boolean;
  end: string;
}

/** Joins identifiers that were cut at white space: each word is of the same one, the next, or none. */
function joinWords(text: string, place: (last: Joined, word: string) => 'same' | 'next' | 'none'): string[] {
  const ids: Joined[] = [];
  for (const written of text.split(/[\s,;<>]+/)) {
    const word = withoutMarks(written);
    if (word === '') continue;
    const [at, end] = [word.includes('@'), word.at(-1) as string];
    const last = ids.at(-1);
    const placed = last ? place(last, word) : 'next';
    if (placed === 'next') ids.push({ parts: [word], at, end });
    else if (last && placed === 'same') {
      last.parts.push(word);
      last.at ||= at;
      last.end = end;
    }
  }
  return ids.map(({ parts }) => parts.join(''));
}

/** Words that stand for no identifier. */
const nothing = /^(?:null|nil|none|undefined|unknown|n\/?a|no|-+|0+)$/i;

/** Identifiers without brackets. */
function findBare(text: string): string[] {
  const words = joinWords(withoutComments(text), ({ end }, word) =>
    end === '@' || word.startsWith('@') ? 'same' : 'next',
  );
  const certain = words.filter((word) => word.includes('@'));
  if (certain.length > 0) return certain;
  const [only, another] = words;
  if (another === undefined) return only === undefined || nothing.test(only) ? [] : [only];
  return words.every((word) => word.length > 3 && /\d/.test(word)) ? words : [];
}

/** Leaves out the comments (RFC 5322 3.2.2) that white space stands before: others may be of an identifier. */
function withoutComments(text: string): string {
  let kept = '';
  let from = 0;
  for (const [open, close] of [...findComments(text, () => undefined)].sort(([a], [b]) => a - b)) {
    if (open < from || !/\s/.test(text[open - 1] ?? ' ')) continue;
    kept += text.slice(from, open);
    from = close + 1;
  }
  return kept + text.slice(from);
}

/** Without the quotation marks that enclose it. */
function withoutMarks(text: string): string {
  const [mark = ''] = text;
  const enclosed = (mark === '"' || mark === "'") && text.length > 1 && text.endsWith(mark);
  return enclosed ? text.slice(1, -1) : text;
}
