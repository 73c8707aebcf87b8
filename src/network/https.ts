import type { Readable } from 'node:stream';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { answerUnreadable, silent } from './problems.ts';
import { trustFor } from './trust.ts';
import type { Peer } from './wording.ts';

export type { HttpRequest as HttpsRequest, HttpResponse as HttpsResponse } from './http-client.ts';

/** Throws Node's error of network or TLS; a Problem when nothing comes for too long, or no HTTP; the signal's reason. */
export type HttpsClient = HttpClient;

/**
 * HTTPS to one host: its certificate verified (also against the peer's own authority), connections kept open, at
 * most `connections` at once; more requests wait. Redirects are not followed, so that a token never leaves for another
 * host. `silenceMs` bounds how long nothing may come, not how long the whole may take.
 */
export function createHttpsClient(
  peer: Peer & { certificateAuthority: string | null },
  { connections, silenceMs }: { connections: number; silenceMs: number },
): HttpsClient {
  return createHttpClient(rootOf(peer), {
    connections,
    silenceMs,
    trust: trustFor(peer),
    explain(failure) {
      if (failure.reason === 'silent') return silent(peer, failure);
      return failure.reason === 'unreadable' ? answerUnreadable(peer, failure.message, failure) : failure;
    },
  });
}

/** The URL of a peer's root; an IPv6 address stands in brackets (RFC 3986 3.2.2). */
export function rootOf({ host, port }: Pick<Peer, 'host' | 'port'>): URL {
  return new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/** What is read as text is small, and comes in this time however slow a line is. */
const longestTextMs = 5 * 60_000;

/** A body as text. Throws an error when it is longer than `mostBytes`, or takes minutes. */
export async function readText(body: Readable, mostBytes: number): Promise<string> {
  const late = setTimeout(() => body.destroy(new Error('the answer takes too long')), longestTextMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`);
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(chunks).toString();
}
