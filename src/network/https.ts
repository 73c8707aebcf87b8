import { Agent, type RequestOptions, request } from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { silent } from './problems.ts';
import { trustFor } from './trust.ts';
import type { Peer } from './wording.ts';

/** One request over HTTPS. */
export interface HttpsRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query; or an absolute URL, which must be of this very host. */
  target: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  signal?: AbortSignal | undefined;
}

export interface HttpsResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** To be read to its end, or destroyed: its connection serves nobody else meanwhile. */
  body: Readable;
}

export interface HttpsClient {
  /** Throws Node's error, a Problem when nothing comes for too long, or the signal's reason. */
  request(asked: HttpsRequest): Promise<HttpsResponse>;
  /** Ends every connection. */
  close(): void;
}

/** A connection that nobody uses is kept for so long. */
const longestIdleMs = 30_000;

/**
 * HTTPS to one host: its certificate verified (also against the peer's own authority), connections kept open, at
 * most `connections` at once; more requests wait. Redirects are not followed, so that a token never leaves for another
 * host. `silenceMs` bounds how long nothing may come, not how long the whole may take.
 */
export function createHttpsClient(
  peer: Peer & { certificateAuthority: string | null },
  { connections, silenceMs }: { connections: number; silenceMs: number },
): HttpsClient {
  // `timeout` is that of a connection between two requests: firewalls forget idle ones without a word
  const timeout = Math.min(longestIdleMs, silenceMs);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, timeout, ...trustFor(peer) });
  // As an answer ends there is a moment in which Node listens to no errors of the socket that it keeps: an abort in
  // that moment would end the process
  const guarded = new WeakSet<Socket>();
  function guard(socket: Socket): void {
    if (guarded.has(socket)) return;
    guarded.add(socket);
    socket.on('error', () => {});
  }
  const origin = rootOf(peer);

  return {
    request: ({ method, target, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const url = new URL(target, origin);
        if (url.origin !== origin.origin) {
          reject(new Error(`${url.host} is not ${origin.host}`));
          return;
        }
        const options: RequestOptions = { method, agent, headers, timeout: silenceMs };
        if (signal) options.signal = signal;
        const asking = request(url, options, (answer) => {
          answer.once('error', reject);
          silenced = () => answer.destroy(silent(peer));
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
        });
        let silenced = (): unknown => asking.destroy(silent(peer));
        asking.once('timeout', () => silenced());
        asking.once('error', reject);
        asking.once('socket', guard);
        asking.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** The URL of a peer's root; an IPv6 address stands in brackets (RFC 3986 3.2.2). */
export function rootOf({ host, port }: Pick<Peer, 'host' | 'port'>): URL {
  return new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/** A body as text. Throws an error when it is longer than `mostBytes`. */
export async function readText(body: Readable, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > mostBytes) {
      body.destroy();
      throw new Error(`the answer is longer than ${mostBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
