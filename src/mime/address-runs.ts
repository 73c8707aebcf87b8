import type { AddressToken } from './address-tokens.ts';
import { trimEnd } from './words.ts';

/** Tokens that belong together although white space may be between them: a word of text, or an addr-spec. */
export interface Run {
  /** The addr-spec (RFC 5322 3.4.1) they make; null when they make none. */
  address: string | null;
  /** The first of the tokens, and the one behind the last. */
  from: number;
  to: number;
}

interface Growing {
  parts: string[];
  from: number;
  to: number;
  quoted: boolean;
  /** Whether there is an `@` in it, not counting those that are quoted. */
  at: boolean;
  /** The last characters of it. */
  tail: string;
}

/**
 * The runs of text among tokens. White space and comments may stand around the `@`, and around the dots of what
 * stands behind it; in brackets also around those before it (RFC 5322 4.4). An encoded word is in none of them.
 */
export function readRuns(tokens: readonly AddressToken[], inBrackets: boolean): Run[] {
  const runs: Growing[] = [];
  let last: Growing | null = null;
  let apart = false;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'space' || token.kind === 'comment') {
      apart = true;
      continue;
    }
    const text = textOf(token);
    const next: Growing | null =
      text === null
        ? null
        : {
            parts: [text],
            from: index,
            to: index + 1,
            quoted: token.kind === 'quoted',
            at: token.kind === 'text' && text.includes('@'),
            tail: text,
          };
    if (last && next && belong(last, next, apart, inBrackets)) {
      last.parts.push(...next.parts);
      last.to = next.to;
      last.at ||= next.at;
      last.quoted = next.quoted;
      last.tail = next.tail;
    } else {
      if (next) runs.push(next);
      last = next;
    }
    apart = false;
  }
  return runs.map(({ parts, from, to }) => ({ address: asAddress(parts.join('')), from, to }));
}

/** What a token is in an address; null for what cannot be in one. */
function textOf(token: AddressToken): string | null {
  if (token.kind === 'text') return token.text;
  if (token.kind !== 'quoted') return null;
  const [text = '', ...more] = token.content;
  if (typeof text !== 'string' || more.length > 0) return null;
  // RFC 5322 3.4.1: a local part that is no dot-atom keeps its quotes
  return /^[^\s"(),:;<>@[\\\].]+(?:\.[^\s"(),:;<>@[\\\].]+)*$/.test(text)
    ? text
    : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function belong(last: Growing, next: Growing, apart: boolean, inBrackets: boolean): boolean {
  const begin = next.parts[0]?.[0];
  const end = last.tail.at(-1);
  if (last.at && next.at) return false;
  if (!next.quoted && begin === '@') return true;
  if (!next.quoted && !last.quoted && end === '@') return last.parts[0] !== '@';
  if (!apart) return last.quoted ? begin === '.' : !next.quoted || end === '.';
  if (next.quoted || (last.quoted && !inBrackets)) return false;
  // A dot that ends a word belongs to it; one that stands apart is of the address.
  const lone = next.tail === '.' || last.tail === '.';
  return begin === '.' ? last.at || lone || inBrackets : end === '.' && (lone || inBrackets);
}

/** Marks that some put around an address. */
const marks = ["''", '``', '‘’', '“”', '„“', '«»', '[]'];

function asAddress(text: string): string | null {
  let address = trimEnd(text, '.');
  for (const [opening = '', closing = ''] of marks)
    if (address.startsWith(opening) && address.endsWith(closing)) address = address.slice(1, -1);
  if (address.startsWith('[')) address = address.slice(1);
  if (address.endsWith(']') && !address.includes('@[')) address = address.slice(0, -1);
  const at = address.indexOf('@', address.startsWith('"') ? address.lastIndexOf('"') : 0);
  return at > 0 && at < address.length - 1 ? address : null;
}
