import { longestBoundary, mostBoundaries } from './boundaries.ts';
import type { Report } from './defects.ts';
import type { Field } from './fields.ts';
import { safeFilename } from './filename.ts';
import { parseMessageId } from './message-ids.ts';
import type { Splitting } from './part.ts';
import { parseStructuredField, type StructuredField } from './structured-field.ts';
import { readTransferEncoding, type TransferEncoding } from './transfer-encoding.ts';

/** What the header of a message or part says about its body (RFC 2045 2.4). */
export interface Entity {
  /** Media type in lower case, without parameters. */
  type: string;
  /** Set when the body is to be split. */
  multipart: Splitting | null;
  /** Another field calls the body html, or plain text, where `type` is the other of the two. */
  contradicted: boolean;
  charset: string | null;
  /** RFC 3676. */
  flowed: boolean;
  deleteSpace: boolean;
  disposition: 'attachment' | 'inline' | null;
  filename: string | null;
  contentId: string | null;
  encoding: TransferEncoding;
  /** What an `application/pkcs7-mime` is (RFC 8551 3.2.2), as written. */
  smimeType: string | null;
}

const mediaType = /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)/;

/** So many Content-Type fields of one header are read. */
const mostContentTypes = 5;

/**
 * Reads the Content fields; `defaultType` is the media type where none is named (RFC 2046 5.1.5). Each should occur
 * once. Empty ones say nothing; of several that name a type all the boundaries are looked for, as the body shows which
 * of them is right. Where none occurs, or none is named, the first counts.
 */
export function readEntity(fields: readonly Field[], defaultType: string, report: Report): Entity {
  const written = valuesOf(fields, 'content-type').slice(0, mostContentTypes);
  const contents = written.map(parseStructuredField);
  const disposition = parseStructuredField(valuesOf(fields, 'content-disposition')[0] ?? '');
  const typed = contents.filter((content) => typeOf(content) !== undefined);
  const { parameters } = typed[0] ?? contents[0] ?? parseStructuredField('');
  const filename = safeFilename(disposition.parameters.get('filename') || parameters.get('name'));
  const named = typed.map((content) => typeOf(content) as string);
  if (named.length === 0 && fields.some(({ key }) => key === 'content-type')) {
    report('content-type-malformed');
    named.push(filename === null ? 'text/plain' : 'application/octet-stream');
  }
  const type = named[0] ?? defaultType;
  const multipart = readSplitting(typed, report);
  const encoding = readTransferEncoding(valuesOf(fields, 'content-transfer-encoding')[0] ?? '', report);
  return {
    type,
    multipart,
    contradicted: named.includes('text/plain') && named.includes('text/html'),
    charset: readCharset(typed.length === 0 ? contents : typed.filter((content) => typeOf(content) === type)),
    flowed: parameters.get('format')?.toLowerCase() === 'flowed',
    deleteSpace: parameters.get('delsp')?.toLowerCase() === 'yes',
    disposition: readDisposition(disposition.value, report),
    filename,
    contentId: parseMessageId(valuesOf(fields, 'content-id')[0]),
    encoding,
    smimeType: parameters.get('smime-type')?.toLowerCase() ?? null,
  };
}

function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(({ key, value }) => key === name && value !== '').map(({ value }) => value);
}

function typeOf({ value }: StructuredField): string | undefined {
  return mediaType.exec(withoutSpace(value))?.[1];
}

/** How the body is split by the fields that call it a multipart; the type of the first of those. */
function readSplitting(contents: readonly StructuredField[], report: Report): Splitting | null {
  const multiparts = contents.filter((content) => typeOf(content)?.startsWith('multipart/'));
  const [first] = multiparts;
  if (!first) return null;
  const boundaries = multiparts.map(({ parameters }) => readBoundary(parameters.get('boundary')));
  const named = [...new Set(boundaries.filter((boundary) => boundary !== ''))].slice(0, mostBoundaries);
  if (named.length === 0) report('boundary-missing');
  return {
    type: typeOf(first) as string,
    boundaries: named,
    start: parseMessageId(first.parameters.get('start')),
  };
}

function readCharset(contents: readonly StructuredField[]): string | null {
  const named = contents.map(({ parameters }) => parameters.get('charset')?.replace(/[^!-~]/g, ''));
  return named.find((charset) => charset)?.toLowerCase() ?? null;
}

/** White space may surround the slash (RFC 822 3.1.4). */
function withoutSpace(value: string): string {
  const [type = '', subtype = ''] = value.split('/');
  return `${type.trim()}/${subtype.trim()}`;
}

/** A boundary does not end in white space (RFC 2046 5.1.1). Empty where there is none, or one too long. */
function readBoundary(parameter: string | undefined): string {
  const boundary = Buffer.from(parameter ?? '', 'utf8')
    .toString('latin1')
    .trimEnd();
  return boundary.length <= longestBoundary ? boundary : '';
}

/** An unknown disposition is read as attachment (RFC 2183 2.8). */
function readDisposition(value: string, report: Report): Entity['disposition'] {
  if (value === '') return null;
  const word = /^[\w-]*/.exec(value)?.[0];
  if (word === 'inline' || word === 'attachment') return word;
  report('disposition-unknown');
  return 'attachment';
}
