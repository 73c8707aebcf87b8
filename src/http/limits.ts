/**
 * What a client can make us hold, whether or not it signs in: for each connection, for each address, and in all. What
 * goes beyond is cut or refused. Times are in milliseconds, sizes in bytes.
 */
export const limits = {
  /** A hundred times what a browser opens (six); what silent ones cost stays below 100 MB. */
  connections: 1_000,
  /** An office behind one address, or a destination that fetches a batch of attachments at once. */
  connectionsOfAddress: 100,
  /** A TLS handshake is two or three packets each way; ten seconds are enough over a satellite. */
  handshakeMs: 10_000,
  /** From the first byte of a request, or from its connection, to the end of its header fields. */
  headersMs: 15_000,
  /** To the end of its body, which is 1 MiB at most. */
  requestMs: 60_000,
  /** How long a connection is kept for the next request. */
  keepAliveMs: 15_000,
  /** How often the three above are looked at: nothing lives longer than its time and this. */
  checkMs: 2_000,
  headerBytes: 32 * 1024,
  /** Browsers send one request at a time; behind the one under way so many wait (RFC 9112 9.3.2). */
  requestsWaiting: 4,
  /** Of an answer that is ready nothing was taken for so long: whoever reads slowly takes something. */
  unreadMs: 30_000,
  /** Ready and not taken yet, over all connections; the largest page of the console has some 12 MB. */
  unreadBytes: 64 * 1024 * 1024,
};

export type Limits = typeof limits;

/** Bodies, in KiB. */
export const bodyKibibytes = {
  /** Of those who are signed in. */
  request: 1024,
  /** A password, a token and a hidden field or two. */
  signIn: 4,
  /** A hundred notifications of Graph have some 60 kB. */
  notification: 256,
};

/** Fields of a form; the largest one of the console, a page of deliveries with a choice beside each, has some 200. */
export const formFields = 1_000;
