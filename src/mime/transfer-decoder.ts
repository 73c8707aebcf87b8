/** Decodes a body that comes in pieces cut anywhere. What it gives is good until the next call. */
export interface TransferDecoder {
  write(bytes: Buffer): Buffer;
  /** What only the end of the body could tell. */
  end(): Buffer;
}
