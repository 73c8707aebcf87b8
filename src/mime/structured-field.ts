import { findComments } from './address-delimiters.ts';
import { readParameters, wordsInValues } from './parameters.ts';
import { decodeWords } from './words.ts';

/** A field like Content-Type (RFC 2045 5.1): a value and named parameters. */
export interface StructuredField {
  /** In lower case; empty when the field begins with a parameter. */
  value: string;
  /** By names in lower case, the first of each that is not empty; decoded (RFC 2231, and RFC 2047 as it is seen). */
  parameters: ReadonlyMap<string, string>;
}

/** Reads a field's value and parameters; never fails, what makes no sense is skipped. */
export function parseStructuredField(field: string): StructuredField {
  const text = withoutQuotedValue(field.includes('(') ? stripComments(field) : field);
  const semicolon = text.indexOf(';');
  let value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  let from = semicolon < 0 ? text.length : semicolon;
  const equals = value.startsWith('=?') ? -1 : value.indexOf('=');
  const space = value.search(/\s/);
  if (equals >= 0 && space >= 0 && space < equals) {
    // The semicolon is missing: `text/plain charset=utf-8`.
    from = text.indexOf(value) + space;
    value = value.slice(0, space);
  } else if (equals >= 0 && !value.slice(0, equals).includes('/')) {
    // The value is missing: `filename=a.txt`.
    from = 0;
    value = '';
  }
  return { value: decodeWords(value).toLowerCase(), parameters: readParameters(text, from) };
}

/** A value in quotes, by itself or with its parameters: `"text/html"; charset=utf-8`, `"text/html; charset=utf-8"`. */
function withoutQuotedValue(text: string): string {
  const begin = text.trimStart();
  if (!begin.startsWith('"')) return text;
  const end = begin.indexOf('"', 1);
  return end < 0 ? begin.slice(1) : `${begin.slice(1, end)}${begin.slice(end + 1)}`;
}

/** What may follow a comment in a parameter: its end, another comment, or another parameter. */
const behindComment = /\s*(?:;|$|\(|[\w*-]+\s*=)/y;

/**
 * Leaves comments out (RFC 822 3.4.3). Within a parameter's value one stands only behind white space or a quoted
 * string, and at the end: `name=Invoice (1).pdf` names a file. One that is never closed is text.
 */
function stripComments(text: string): string {
  const words = new Map(wordsInValues(text).map((word) => [word.start, word]));
  const comments = findComments(text, (at) => words.get(at));
  let kept = '';
  let quoted = false;
  let inValue = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    const word = words.get(at);
    if (word) {
      kept += text.slice(at, word.end);
      at = word.end - 1;
      continue;
    }
    if (character === '\\' && quoted) {
      kept += text.slice(at, at + 2);
      at++;
      continue;
    }
    if (character === '"') quoted = !quoted;
    if (!quoted && character === '=') inValue = true;
    if (!quoted && character === ';') inValue = false;
    const close = !quoted && character === '(' ? comments.get(at) : undefined;
    behindComment.lastIndex = (close ?? 0) + 1;
    const isComment =
      close !== undefined && (!inValue || (/[\s"]/.test(text[at - 1] ?? ' ') && behindComment.test(text)));
    if (isComment) at = close;
    else kept += character;
  }
  return kept;
}
