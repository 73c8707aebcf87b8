/** What bounds the work and the memory that one message can take. What lies beyond is left out and flagged. */
export interface Limits {
  /** Bytes of the message's own header. */
  headerBytes: number;
  /** Bytes of the header of each part. */
  partHeaderBytes: number;
  /** Fields of one header. */
  headerFields: number;
  /** Addresses of one field. */
  addresses: number;
  /** Message-IDs of References or In-Reply-To. */
  messageIds: number;
  /** Parts of all multiparts together. */
  parts: number;
  /** Multiparts within multiparts. */
  depth: number;
  /** Decoded bytes of text, and as many of html. */
  textBytes: number;
}

export const defaultLimits: Limits = {
  headerBytes: 1024 * 1024,
  partHeaderBytes: 64 * 1024,
  headerFields: 2_000,
  addresses: 10_000,
  messageIds: 1_000,
  parts: 1_000,
  depth: 50,
  textBytes: 2 * 1024 * 1024,
};
