import type { Attachment } from '../model/message.ts';
import { createTransferDecoder, type TransferEncoding } from './transfer-encoding.ts';

/** Reads so many bytes of a message's source from an offset on. */
export type ReadSource = (offset: number, length: number) => AsyncIterable<Uint8Array>;

/**
 * The decoded bytes of an attachment: those that its `size` and `sha256` were taken of. One piece at a time is held.
 */
export function decodeAttachment(
  { encoding, offset, length, wrapper }: Pick<Attachment, 'encoding' | 'offset' | 'length' | 'wrapper'>,
  read: ReadSource,
): AsyncIterable<Uint8Array> {
  if (!wrapper) return decodeBody(encoding, read(offset, length));
  const unwrapped = decodeBody(wrapper.encoding, read(wrapper.offset, wrapper.length));
  return decodeBody(encoding, extract(unwrapped, offset, length));
}

/** The decoded bytes of a body from its raw ones. */
export async function* decodeBody(
  encoding: TransferEncoding,
  raw: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const decoder = createTransferDecoder(encoding);
  for await (const chunk of raw) {
    const decoded = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (decoded.length > 0) yield Buffer.from(decoded);
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}

/** So many bytes from an offset on. */
async function* extract(bytes: AsyncIterable<Uint8Array>, offset: number, length: number) {
  let at = 0;
  for await (const chunk of bytes) {
    const wanted = chunk.subarray(Math.max(0, offset - at), Math.max(0, offset + length - at));
    at += chunk.length;
    if (wanted.length > 0) yield wanted;
    if (at >= offset + length) return;
  }
}
