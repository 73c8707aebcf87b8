import { longestBoundary, mostBoundaries } from './boundaries.ts';
import type { Report } from './defects.ts';
import type { Field } from './fields.ts';
import { filenameOfLocation, safeFilename } from './filename.ts';
import { parseMessageId } from './message-ids.ts';
import type { Splitting } from './part.ts';
import { parseStructuredField } from './structured-field.ts';
import { readTransferEncoding, type TransferEncoding } from './transfer-encoding.ts';

/** What the header of a message or part says about its body (RFC 2045 2.4). */
export interface Entity {
  /** Media type in lower case, without parameters. */
  type: string;
  /** Set when the body is to be split. */
  multipart: Splitting | null;
  /** It is called a text, and split only if its boundary occurs. */
  misnamed: boolean;
  /** Another field calls the body html, or plain text, where `type` is the other of the two. */
  contradicted: boolean;
  charset: string | null;
  /** RFC 3676. */
  flowed: boolean;
  deleteSpace: boolean;
  disposition: 'attachment' | 'inline' | null;
  filename: string | null;
  /** By which a part that has no file name can be called: the file that Content-Location names. */
  locationName: string | null;
  contentId: string | null;
  encoding: TransferEncoding;
  /** What an `application/pkcs7-mime` is (RFC 8551 3.2.2), as written. */
  smimeType: string | null;
}

const mediaType = /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)/;

/** So many Content-Type fields of one header are read. */
const mostContentTypes = 5;

/** Which part the Content fields are of. */
interface Place {
  /** The media type where none is named (RFC 2046 5.1.5). */
  defaultType: string;
  /** They are of the message itself. */
  ofMessage: boolean;
}

/** What some write where they mean a multipart: no media type, or that of a text. */
const textOrNone = /^(?:text\/|multi-?parts?\/|$)/;

/**
 * Reads the Content fields. Each should occur once. Empty ones say nothing; of several that name a type all the boundaries are looked for, as the body shows which
 * of them is right. Where none occurs, or none is named, the first counts. A message whose field has a boundary may be
 * split by that although it is called a text; parts often have a copy of the boundary around them.
 */
export function readEntity(
  fields: readonly Field[],
  { defaultType, ofMessage }: Place,
  report: Report,
): Entity {
  const content = contentFields(fields);
  const first = (name: string) => content.get(name)?.[0] ?? '';
  const contentTypes = (content.get('content-type') ?? []).slice(0, mostContentTypes).map(readContentType);
  const typed = contentTypes.filter(({ type }) => type !== undefined);
  const main = typed[0] ?? contentTypes[0];
  const disposition = parseStructuredField(first('content-disposition'));
  const parameter = (name: string) => main?.parameters.get(name);
  // By the names of RFC 2183 and RFC 2046 first; some give one parameter the name of the other.
  const filename =
    safeFilename(disposition.parameters.get('filename')) ??
    safeFilename(parameter('name')) ??
    safeFilename(parameter('filename')) ??
    safeFilename(disposition.parameters.get('name'));
  let type = main?.type;
  if (type === undefined && content.has('content-type')) {
    report('content-type-malformed');
    type = filename === null ? 'text/plain' : 'application/octet-stream';
  }
  type ??= defaultType;
  const encoding = readTransferEncoding(first('content-transfer-encoding'), report);
  const plain = encoding !== 'base64' && encoding !== 'quoted-printable';
  // In quoted-printable the lines are not as they will be.
  const named = readSplitting(typed, encoding !== 'quoted-printable', report);
  const misnamed = !named && ofMessage && plain ? splittingOf(contentTypes.filter(isMisnamed), false) : null;
  return {
    type,
    multipart: named ?? misnamed,
    misnamed: misnamed !== null,
    contradicted: typed.length > 1 && isContradicted(typed),
    charset: readCharset(typed.length > 1 ? typed.filter((other) => other.type === type) : contentTypes),
    flowed: parameter('format')?.toLowerCase() === 'flowed',
    deleteSpace: parameter('delsp')?.toLowerCase() === 'yes',
    disposition: readDisposition(disposition.value, report),
    filename,
    locationName: filenameOfLocation(content.get('content-location')?.[0]),
    contentId: parseMessageId(content.get('content-id')?.[0]),
    encoding,
    smimeType: parameter('smime-type')?.toLowerCase() ?? null,
  };
}

/** The values of the Content fields by their names in lower case, but for empty ones. */
function contentFields(fields: readonly Field[]): ReadonlyMap<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { key, value } of fields) {
    if (!key.startsWith('content-')) continue;
    const others = values.get(key) ?? [];
    values.set(key, others);
    if (value !== '') others.push(value);
  }
  return values;
}

interface ContentType {
  type: string | undefined;
  parameters: ReadonlyMap<string, string>;
}

function readContentType(written: string): ContentType {
  const { value, parameters } = parseStructuredField(written);
  return { type: mediaType.exec(withoutSpace(value))?.[1], parameters };
}

function isContradicted(typed: readonly ContentType[]): boolean {
  return ['text/plain', 'text/html'].every((each) => typed.some(({ type }) => type === each));
}

/** How the body is split by the fields that call it a multipart. */
function readSplitting(
  contentTypes: readonly ContentType[],
  guess: boolean,
  report: Report,
): Splitting | null {
  const splitting = splittingOf(
    contentTypes.filter(({ type }) => type?.startsWith('multipart/')),
    guess,
  );
  if (splitting?.boundaries.length === 0) report('boundary-missing');
  return splitting;
}

function splittingOf(multiparts: readonly ContentType[], guess: boolean): Splitting | null {
  const [first] = multiparts;
  if (first === undefined) return null;
  const boundaries = multiparts.map(({ parameters }) => readBoundary(parameters.get('boundary')));
  const named = [...new Set(boundaries.filter((boundary) => boundary !== ''))].slice(0, mostBoundaries);
  const type = first.type?.startsWith('multipart/') ? first.type : 'multipart/mixed';
  return { type, boundaries: named, start: parseMessageId(first.parameters.get('start')), guess };
}

function isMisnamed({ type = '', parameters }: ContentType): boolean {
  return textOrNone.test(type) && readBoundary(parameters.get('boundary')) !== '';
}

function readCharset(contentTypes: readonly ContentType[]): string | null {
  for (const { parameters } of contentTypes) {
    const charset = parameters.get('charset')?.replace(/[^!-~]/g, '');
    if (charset) return charset.toLowerCase();
  }
  return null;
}

/** White space may surround the slash (RFC 822 3.1.4). */
function withoutSpace(value: string): string {
  if (!/\s/.test(value)) return value;
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
