import type { EncodedWord } from './words.ts';

type WordAt = (at: number) => EncodedWord | undefined;

/**
 * Finds where quoted strings close (RFC 5322 3.2.4). A quote without a counterpart must not take the addresses behind
 * it for its text: the next quote closes it only if it does not look as if it opened another name.
 */
export function createQuotes(field: string, wordAt: WordAt) {
  // The string looked at last; what else opens within it closes where it does.
  let open = field.length;
  let close = -1;
  let address = -1;

  const next = (at: number): number => {
    if (open <= at && at < close) return close;
    open = at;
    for (close = at + 1; close < field.length && field[close] !== '"'; )
      close = field[close] === '\\' ? close + 2 : (wordAt(close)?.end ?? close + 1);
    close = Math.min(close, field.length);
    return close;
  };
  const hasAddress = (from: number, to: number): boolean => {
    if (address < from) address = field.indexOf('@', from);
    if (address < 0) address = field.length;
    return address < to;
  };
  return {
    /** Where the string closes that a quote opens; -1 if it opens none. Asked for positions that only grow. */
    closing(at: number): number {
      const end = next(at);
      if (end >= field.length || canOnlyClose(field, at)) return -1;
      return canOnlyOpen(field, end) && (isBehindSeparator(field, end) || hasAddress(at, end)) ? -1 : end;
    },
  };
}

const beforeOpening = /[\s,;:<(]/;
const afterClosing = /[\s,;:<>@)]/;

function canOnlyOpen(field: string, at: number): boolean {
  return beforeOpening.test(field[at - 1] ?? ' ') && !afterClosing.test(field[at + 1] ?? ' ');
}

function isBehindSeparator(field: string, at: number): boolean {
  let before = at - 1;
  while (field[before] === ' ') before--;
  return field[before] === ',' || field[before] === ';';
}

/** As in `5" disk`. */
function canOnlyClose(field: string, at: number): boolean {
  return !/[\s,;:<("]/.test(field[at - 1] ?? ' ') && /[\s,;<]/.test(field[at + 1] ?? ' ');
}

/** A parenthesis that is open, and what there was in the field up to it. */
interface Open {
  at: number;
  quotes: number;
  addresses: number;
  ends: number;
}

/**
 * Where comments close, by where they open (RFC 5322 3.2.2). None holds a whole mailbox and what separates it from
 * the next, nor half of a quoted string behind an address: there the closing parenthesis is missing.
 */
export function findComments(field: string, wordAt: WordAt): ReadonlyMap<number, number> {
  const comments = new Map<number, number>();
  if (!field.includes('(')) return comments;
  const stack: Open[] = [];
  let [quotes, addresses, ends] = [0, 0, 0];
  for (let at = 0; at < field.length; at++) {
    const character = field[at];
    const word = wordAt(at);
    if (word) at = word.end - 1;
    else if (character === '\\' && stack.length > 0) at++;
    else if (character === '(') stack.push({ at, quotes, addresses, ends });
    else if (character === ')') {
      const open = stack.pop();
      const broken =
        open && addresses > open.addresses && ((quotes - open.quotes) % 2 === 1 || ends > open.ends);
      if (open && !broken) comments.set(open.at, at);
    } else if (character === '"') quotes++;
    else if (character === '@') addresses++;
    else if (character === '>' && isFollowedByComma(field, at)) ends++;
  }
  return comments;
}

function isFollowedByComma(field: string, at: number): boolean {
  let next = at + 1;
  while (field[next] === ' ') next++;
  return field[next] === ',';
}
