import { isAscii, isUtf8 } from 'node:buffer';
import { decodeBytes } from './charset.ts';
import type { Report } from './defects.ts';
import type { Limits } from './limits.ts';
import { parseStructuredField } from './structured-field.ts';

export interface Field {
  /** As written. */
  name: string;
  /** The name in lower case. */
  key: string;
  /** Unfolded (RFC 5322 2.2.3) and as Unicode; encoded words are still encoded. */
  value: string;
}

export interface Header {
  fields: Field[];
  /**
   * Where in the block the body begins already, since the lines from there on are no fields: the empty line
   * between header and body is missing. The block's length when all of it is header.
   */
  bodyAt: number;
}

/** RFC 5322 2.2: printable ASCII but the colon; 4.5 allows white space before the colon. */
const fieldStart = /([!-9;-~]+)[ \t]*:/y;

const parameterStart = /[\w*-]+[ \t]*=/y;

/**
 * Fields that tell a header from text when lines before them are no fields: "Note: see you" may stand in a letter.
 */
const familiar =
  /^(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|in-reply-to|references|received|return-path|delivered-to|mime-version|keywords|importance|(?:x-)?priority|precedence|organization|user-agent|errors-to|authentication-results|(?:x|content|list|resent|arc|dkim|received|auto)-.+)$/;

/** The first field of that name (in lower case). */
export function firstField(fields: readonly Field[], key: string): string | undefined {
  return fields.find((field) => field.key === key)?.value;
}

/**
 * Reads a header block: all lines before the empty one. For a message's own header (not a part's) a byte order
 * mark and an mbox line may come first.
 */
export function readHeader(block: Buffer, ofMessage: boolean, limits: Limits, report: Report): Header {
  // One character a byte, so that positions in the text are positions in the block.
  const text = block.toString('latin1');
  const fields: Field[] = [];
  let at = ofMessage ? skipEnvelope(text, report) : 0;
  const start = at;
  // The first line that is no field, and the fields behind it, until a familiar field shows it was only a bad line.
  let strange = -1;
  let doubtful: Field[] = [];
  while (at < text.length) {
    const end = endOfField(text, at);
    fieldStart.lastIndex = at;
    const match = fieldStart.exec(text);
    if (match) {
      const name = match[1] as string;
      const field = { name, key: name.toLowerCase(), value: text.slice(fieldStart.lastIndex, end) };
      if (strange >= 0 && familiar.test(field.key)) {
        report('header-line-malformed');
        fields.push(...doubtful);
        doubtful = [];
        strange = -1;
      }
      if (strange >= 0) doubtful.push(field);
      else if (fields.length < limits.headerFields) fields.push(field);
      else report('header-fields-too-many');
    } else if (strange < 0 && isParameter(text, at, fields.at(-1))) {
      report('folding-missing');
      (fields.at(-1) as Field).value += text.slice(at, end);
    } else {
      if (strange < 0) strange = at;
      if (text.startsWith('--', at) && isOwnBoundary(text.slice(at + 2, end), fields)) break;
    }
    at = end;
  }
  if (ofMessage && fields.length === 0) report('header-missing');
  else if (strange >= 0) report('header-end-missing');
  for (const field of fields) field.value = unfold(field.value, report);
  if (!isAscii(block)) decodeEightBit(fields, report);
  const nothingRead = fields.length === 0 && strange >= 0;
  return { fields, bodyAt: strange < 0 ? block.length : nothingRead ? start : strange };
}

/** Where the text behind a byte order mark and an mbox line begins. */
function skipEnvelope(text: string, report: Report): number {
  let at = 0;
  if (text.startsWith('\xef\xbb\xbf')) {
    report('byte-order-mark');
    at = 3;
  }
  if (text.startsWith('From ', at) || text.startsWith('>From ', at)) {
    report('mbox-line');
    const end = text.indexOf('\n', at);
    at = end < 0 ? text.length : end + 1;
  }
  return at;
}

/** Behind the line that begins at `from` and the folded ones that belong to it. */
function endOfField(text: string, from: number): number {
  for (let at = from; ; ) {
    const lineFeed = text.indexOf('\n', at);
    if (lineFeed < 0) return text.length;
    at = lineFeed + 1;
    if (text[at] !== ' ' && text[at] !== '\t') return at;
  }
}

/** Whether the line goes on with the field before it, which ends in a semicolon: it is not folded as it should be. */
function isParameter(text: string, at: number, before: Field | undefined): boolean {
  parameterStart.lastIndex = at;
  return parameterStart.test(text) && before !== undefined && /;\s*$/.test(before.value.slice(-10));
}

function isOwnBoundary(line: string, fields: readonly Field[]): boolean {
  const boundary = parseStructuredField(firstField(fields, 'content-type') ?? '').parameters.get('boundary');
  return boundary !== undefined && boundary !== '' && line.startsWith(boundary);
}

function unfold(raw: string, report: Report): string {
  let value = raw;
  if (value.includes('\n')) value = value.replace(/\r*\n/g, '');
  value = trimSpace(value);
  if (value.includes('\r')) {
    report('carriage-return');
    value = value.replace(/\r/g, ' ');
  }
  if (value.includes('\0')) {
    report('null-bytes');
    value = value.replaceAll('\0', '\ufffd');
  }
  return value;
}

/** String.trim would also take 0xA0, which here may be a byte of a UTF-8 character. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  const isSpace = (at: number) => text[at] === ' ' || text[at] === '\t' || text[at] === '\r';
  while (start < end && isSpace(start)) start++;
  while (end > start && isSpace(end - 1)) end--;
  return text.slice(start, end);
}

const encodedWord = /=\?[^?\s]+\?q\?[^?]*\?=/gi;
const eightBit = /[\x80-\xff]/g;

/**
 * Values with 8-bit bytes are UTF-8 (RFC 6532). Where they are not, old mailers wrote them in the charset of the
 * text, which Content-Type names. Within an encoded word they are in the charset of that word.
 */
function decodeEightBit(fields: readonly Field[], report: Report): void {
  let charset: string | null | undefined;
  for (const field of fields) {
    const value = field.value.replace(encodedWord, (word) =>
      word.replace(eightBit, (byte) => `=${byte.charCodeAt(0).toString(16)}`),
    );
    const bytes = Buffer.from(value, 'latin1');
    if (isAscii(bytes)) {
      field.value = value;
      continue;
    }
    if (isUtf8(bytes)) {
      field.value = bytes.toString();
      continue;
    }
    report('header-bytes');
    charset ??=
      parseStructuredField(firstField(fields, 'content-type') ?? '').parameters.get('charset') ?? null;
    field.value = decodeBytes(bytes, charset).text;
  }
}
