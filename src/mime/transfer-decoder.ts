/** Decodes a body that comes in pieces cut anywhere. What it gives back may be a view of what it was given. */
export interface TransferDecoder {
  write(bytes: Buffer): Buffer;
  /** What only the end of the body could tell. */
  end(): Buffer;
}
