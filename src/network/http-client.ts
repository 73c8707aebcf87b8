import http from 'node:http';
import https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Exchange, HttpFailure } from './http-exchange.ts';
import type { Trust } from './trust.ts';

/** One request over HTTP or HTTPS. */
export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query; or an absolute URL, which must be of this very host. */
  target: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** To be read to its end, or destroyed: its connection serves nobody else meanwhile. */
  body: Readable;
}

export interface HttpClient {
  /** Throws Node's error of name, network or TLS, an {@link HttpFailure}, or the signal's reason. */
  request(asked: HttpRequest): Promise<HttpResponse>;
  /** Ends every connection, and with them every request and answer. */
  close(): void;
}

export interface HttpClientOptions {
  /** At most so many at once; more requests wait. */
  connections: number;
  /** How long nothing may come, and how long the headers of an answer may take in all. */
  silenceMs: number;
  /** How long an answer may take in all, however it trickles. */
  longestMs?: number;
  /** Whose certificates are believed; the usual authorities by default. */
  trust?: Trust;
  lookup?: LookupFunction;
  /** What callers are thrown for a failure; the failure itself by default. */
  explain?: (failure: HttpFailure) => Error;
}

/** A connection that nobody uses is kept for so long: firewalls forget idle ones without a word. */
const longestIdleMs = 30_000;
const connectMs = 30_000;
/** 150 MiB come in that time at 30 kB a second. */
const usualLongestMs = 90 * 60_000;
/** Policies and cookies are known to make headers of more than the 16 KiB that Node takes. */
const headerBytes = 64 * 1024;

/**
 * HTTP/1.1 to one origin. Whatever comes or does not come, in whatever order, each request ends: with an answer, or by
 * a clock of its own. Redirects are not followed, so that nothing that is sent leaves for another host.
 */
export function createHttpClient(
  origin: URL,
  {
    connections,
    silenceMs,
    longestMs = usualLongestMs,
    trust,
    lookup,
    explain = (failure) => failure,
  }: HttpClientOptions,
): HttpClient {
  const { Agent, request } = origin.protocol === 'https:' ? https : http;
  const timeout = Math.min(longestIdleMs, silenceMs);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, timeout, ...trust });
  const underWay = new Set<Exchange>();
  let isClosed = false;
  const { createConnection } = agent;
  agent.createConnection = (options, callback) => {
    if (!isClosed) return createConnection.call(agent, options, callback);
    callback?.(closed(), undefined as never);
    return undefined;
  };

  async function ask({ method, target, headers, body, signal }: HttpRequest): Promise<HttpResponse> {
    if (isClosed) throw closed();
    const url = new URL(target, origin);
    if (url.origin !== origin.origin) throw new Error(`${url.host} is not ${origin.host}`);
    signal?.throwIfAborted();
    const asking = request(url, {
      method,
      agent,
      headers,
      timeout: silenceMs,
      maxHeaderSize: headerBytes,
      ...(lookup && { lookup }),
    });
    const exchange = new Exchange(asking, { connectMs, silenceMs, longestMs }, explain);
    const abort = () => exchange.end(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    underWay.add(exchange);
    void exchange.ended.then(() => {
      underWay.delete(exchange);
      signal?.removeEventListener('abort', abort);
    });
    asking.once('socket', guard);
    asking.end(body);
    const answer = await exchange.answer;
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: answer };
  }

  return {
    request: ask,
    close() {
      isClosed = true;
      for (const exchange of underWay) exchange.end(closed());
      agent.destroy();
    },
  };
}

const closed = () => new HttpFailure('broken', 'the connection was closed here', { code: 'ECONNRESET' });

// As an answer ends there is a moment in which Node listens to no errors of the socket that it keeps: an abort in
// that moment would end the process
const guarded = new WeakSet<Socket>();
function guard(socket: Socket): void {
  if (guarded.has(socket)) return;
  guarded.add(socket);
  socket.on('error', () => {});
}
