import { longestBoundary } from './boundaries.ts';
import type { Report } from './defects.ts';
import { type Field, firstField } from './fields.ts';
import { filenameOfLocation, safeFilename } from './filename.ts';
import { parseMessageId } from './message-ids.ts';
import { parseStructuredField } from './structured-field.ts';
import { readTransferEncoding, type TransferEncoding } from './transfer-encoding.ts';

/** What the header of a message or part says about its body (RFC 2045 2.4). */
export interface Entity {
  /** Media type in lower case, without parameters. */
  type: string;
  /** Set when the body is to be split: one character a byte. */
  boundary: string | null;
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
}

const mediaType = /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)/;

/** Reads the Content fields; `defaultType` is the media type where none is named (RFC 2046 5.1.5). */
export function readEntity(fields: readonly Field[], defaultType: string, report: Report): Entity {
  const written = firstField(fields, 'content-type');
  const content = parseStructuredField(written ?? '');
  const disposition = parseStructuredField(firstField(fields, 'content-disposition') ?? '');
  const { parameters } = content;
  const filename =
    safeFilename(disposition.parameters.get('filename')) ?? safeFilename(parameters.get('name'));
  let type = mediaType.exec(withoutSpace(content.value))?.[1];
  if (type === undefined && written !== undefined) {
    report('content-type-malformed');
    type = filename === null ? 'text/plain' : 'application/octet-stream';
  }
  type ??= defaultType;

  const multipart = type.startsWith('multipart/');
  const encoding = readTransferEncoding(firstField(fields, 'content-transfer-encoding') ?? '', report);
  if (multipart && (encoding === 'base64' || encoding === 'quoted-printable'))
    report('encoding-of-multipart');
  return {
    type,
    boundary: multipart ? readBoundary(parameters.get('boundary'), report) : null,
    charset:
      parameters
        .get('charset')
        ?.replace(/[^!-~]/g, '')
        .toLowerCase() || null,
    flowed: parameters.get('format')?.toLowerCase() === 'flowed',
    deleteSpace: parameters.get('delsp')?.toLowerCase() === 'yes',
    disposition: readDisposition(disposition.value, report),
    filename,
    locationName: filenameOfLocation(firstField(fields, 'content-location')),
    contentId: parseMessageId(firstField(fields, 'content-id')),
    encoding,
  };
}

/** White space may surround the slash (RFC 822 3.1.4). */
function withoutSpace(value: string): string {
  const [type = '', subtype = ''] = value.split('/');
  return `${type.trim()}/${subtype.trim()}`;
}

/** A boundary does not end in white space (RFC 2046 5.1.1). */
function readBoundary(parameter: string | undefined, report: Report): string | null {
  const boundary = Buffer.from(parameter ?? '', 'utf8')
    .toString('latin1')
    .trimEnd();
  if (boundary !== '' && boundary.length <= longestBoundary) return boundary;
  report('boundary-missing');
  return null;
}

/** An unknown disposition is read as attachment (RFC 2183 2.8). */
function readDisposition(value: string, report: Report): Entity['disposition'] {
  if (value === '') return null;
  const word = /^[\w-]*/.exec(value)?.[0];
  if (word === 'inline' || word === 'attachment') return word;
  report('disposition-unknown');
  return 'attachment';
}
