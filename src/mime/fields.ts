import { isAscii, isUtf8 } from 'node:buffer';
import { decodeBytes } from './charset.ts';
import { decodeDeclared } from './declared-charset.ts';
import type { Report } from './defects.ts';
import { decodeEscapes } from './iso-2022.ts';
import { parseStructuredField } from './structured-field.ts';

export interface Field {
  /** As written. */
  name: string;
  /** The name in lower case. */
  key: string;
  /** Unfolded (RFC 5322 2.2.3) and as Unicode; encoded words are still encoded. */
  value: string;
  /** What {@link createFingerprint} takes for the value, where that is not the same. */
  identity?: string;
}

/** The value of the first field of that name (in lower case). */
function firstField(fields: readonly Field[], key: string): string | undefined {
  return fields.find((field) => field.key === key)?.value;
}

/** Reads the values of a header's fields, which come as they lie in its bytes, one character a byte. */
export function readFieldValues(fields: readonly Field[], header: Buffer, report: Report): void {
  for (const field of fields) field.value = unfold(field.value, report);
  if (!isAscii(header)) decodeEightBit(fields, report);
  if (header.includes(0x1b)) decodeSevenBit(fields);
  if (header.includes(0)) {
    report('null-bytes');
    for (const field of fields) {
      field.value = field.value.replaceAll('\0', '\ufffd');
      if (field.identity !== undefined) field.identity = field.identity.replaceAll('\0', '\ufffd');
    }
  }
}

function unfold(raw: string, report: Report): string {
  let value = raw;
  // A fold is the space it stands for, whatever white space it was made with (RFC 5322 3.2.2).
  if (value.includes('\n')) value = value.replace(/\r{0,2}\n[ \t]?/g, ' ');
  value = trimSpace(value);
  if (!value.includes('\r')) return value;
  report('carriage-return');
  return value.replaceAll('\r', ' ');
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
  const charsetOfText = createCharsetLookup(fields);
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
    const charset = charsetOfText();
    setValue(field, decodeBytes(bytes, charset).text, decodeDeclared(bytes, charset).text);
  }
}

/** What Content-Type names, which may be one of the fields that are being decoded: it is read again where it has changed. */
function createCharsetLookup(fields: readonly Field[]): () => string | null {
  let read: string | undefined;
  let charset: string | null = null;
  return () => {
    const contentType = firstField(fields, 'content-type') ?? '';
    if (contentType !== read) charset = parseStructuredField(contentType).parameters.get('charset') ?? null;
    read = contentType;
    return charset;
  };
}

/** Old mailers of Japan wrote ISO-2022-JP as it is; its escapes tell. */
function decodeSevenBit(fields: readonly Field[]): void {
  for (const field of fields) {
    if (!field.value.includes('\x1b') || !isAscii(Buffer.from(field.value))) continue;
    const text = decodeEscapes(Buffer.from(field.value, 'latin1'));
    if (text !== null) setValue(field, text.toWellFormed(), field.value);
  }
}

function setValue(field: Field, value: string, identity: string): void {
  field.value = value;
  if (identity !== value) field.identity = identity;
}
