import http from 'node:http';
import https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { createSlots } from '../concurrency/slots.ts';
import { openSocket } from './connect.ts';
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
  /** Throws what `connect.ts` throws, Node's error of TLS, an {@link HttpFailure}, or the signal's reason. */
  request(asked: HttpRequest): Promise<HttpResponse>;
  /** Ends every connection, and with them every request and answer. */
  close(): void;
}

export interface HttpClientOptions {
  /** At most so many at once; more requests wait. */
  connections: number;
  /** How long it may take until a connection stands, through the proxy if there is one; and then the TLS handshake. */
  connectMs?: number;
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
const usualConnectMs = 30_000;
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
    connectMs = usualConnectMs,
    silenceMs,
    longestMs = usualLongestMs,
    trust,
    lookup,
    explain = (failure) => failure,
  }: HttpClientOptions,
): HttpClient {
  const { request } = origin.protocol === 'https:' ? https : http;
  const agent = createAgent(origin, {
    connectMs,
    lookup,
    agent: { keepAlive: true, timeout: Math.min(longestIdleMs, silenceMs), ...trust },
  });
  const clocks = { connectMs, silenceMs, longestMs };
  const slots = createSlots(connections);
  const closing = new AbortController();

  async function ask({ method, target, headers, body, signal }: HttpRequest): Promise<HttpResponse> {
    const url = new URL(target, origin);
    if (url.origin !== origin.origin) throw new Error(`${url.host} is not ${origin.host}`);
    const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    const giveBack = await slots.take(stop);
    const opening = new AbortController();
    const options: OpeningOptions = { method, agent, headers, timeout: silenceMs, opening: opening.signal };
    const asking = attempt(() => request(url, { ...options, maxHeaderSize: headerBytes }), giveBack);
    const exchange = new Exchange(asking, clocks, explain);
    const abort = () => {
      exchange.end(stop.reason);
      opening.abort(stop.reason);
    };
    stop.addEventListener('abort', abort, { once: true });
    void exchange.ended.then(() => stop.removeEventListener('abort', abort));
    // Only then the agent has the connection back for the next one
    asking.once('close', () => setImmediate(giveBack));
    asking.once('socket', guard);
    asking.end(body);
    const answer = await exchange.answer;
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: answer };
  }

  return {
    request: ask,
    close() {
      closing.abort(closed());
      agent.destroy();
    },
  };
}

/** A request's, which Node's agent hands on to whoever makes its connection. */
interface OpeningOptions extends https.RequestOptions {
  opening?: AbortSignal;
}

/** Node's agent keeps connections for the next request; new ones are opened as all are. */
function createAgent(
  { protocol, hostname, port }: URL,
  {
    connectMs,
    lookup,
    agent: options,
  }: { connectMs: number; lookup: LookupFunction | undefined; agent: https.AgentOptions },
): http.Agent {
  const isTls = protocol === 'https:';
  const agent = isTls ? new https.Agent(options) : new http.Agent(options);
  const { createConnection } = agent;
  const target = { host: hostname, port: Number(port || (isTls ? 443 : 80)) };

  async function connect({ opening, ...asked }: OpeningOptions): Promise<Socket> {
    const socket = await openSocket(target, { connectMs, lookup, signal: opening });
    const connection = isTls ? overTls(socket, asked) : socket;
    // Node does so where it connects itself, and later only where the time is another one
    return connection.setTimeout(asked.timeout ?? 0);
  }

  /** TLS as Node's agent does it, which takes up earlier sessions. */
  function overTls(socket: Socket, asked: https.RequestOptions): Socket {
    const secured = createConnection.call(agent, { ...asked, socket } as https.RequestOptions) as Socket;
    socket.once('error', (error) => secured.destroy(error));
    return secured;
  }

  agent.createConnection = (asked, callback) => {
    connect(asked).then(
      (socket) => callback?.(null, socket),
      (error) => callback?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

/** What cannot be sent at all, such as a header with a line break, is thrown at once. */
function attempt<T>(work: () => T, undo: () => void): T {
  try {
    return work();
  } catch (error) {
    undo();
    throw error;
  }
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
