import type { Attachment } from '../model/message.ts';
import { Base64Decoder } from './base64.ts';
import type { Report } from './defects.ts';
import { createQuotedPrintableDecoder } from './quoted-printable.ts';

/** The transfer encodings of RFC 2045 6.1. */
export type TransferEncoding = Attachment['encoding'];

/** Decodes a body that comes in pieces cut anywhere. What it gives is good until the next call. */
interface TransferDecoder {
  write(bytes: Buffer): Buffer;
  /** What only the end of the body could tell. */
  end(): Buffer;
}

const nothing = Buffer.alloc(0);
const identity: TransferDecoder = { write: (bytes) => bytes, end: () => nothing };

export function createTransferDecoder(
  encoding: TransferEncoding,
  report: Report = () => {},
): TransferDecoder {
  if (encoding === 'base64') return new Base64Decoder(report);
  if (encoding === 'quoted-printable') return createQuotedPrintableDecoder(report);
  return identity;
}

const encodings: ReadonlyMap<string, TransferEncoding> = new Map([
  ['', '7bit'],
  ['7bit', '7bit'],
  ['7-bit', '7bit'],
  ['8bit', '8bit'],
  ['8-bit', '8bit'],
  ['binary', 'binary'],
  ['base64', 'base64'],
  ['base-64', 'base64'],
  ['quoted-printable', 'quoted-printable'],
  ['quotedprintable', 'quoted-printable'],
]);

/**
 * The encoding that a Content-Transfer-Encoding field names, by its first word. One that is not known
 * (x-uuencode, say) is taken as binary: nothing is decoded.
 */
export function readTransferEncoding(field: string, report: Report): TransferEncoding {
  const word = /^(?:[^(\w]*\([^)]*\))*[^\w]*(quoted.?printable|[\w-]*)/i.exec(field)?.[1] ?? '';
  const encoding = encodings.get(word.toLowerCase().replace(/[\s_]/, '-'));
  if (encoding) return encoding;
  report('encoding-unknown');
  return 'binary';
}
