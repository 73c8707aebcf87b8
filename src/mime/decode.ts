import { createTransferDecoder, type TransferEncoding } from './transfer-encoding.ts';

/**
 * The decoded bytes of a part's body, from the raw bytes that lie at its `offset` for its `length`. They are
 * those that its `size` and `sha256` were taken of. One piece at a time is held.
 */
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
