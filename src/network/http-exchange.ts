import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Why there is no answer, or not all of it, though a server was reached. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly reason: 'silent' | 'unreadable' | 'broken';
  /** The connection had served before: a server may close such a one just as it is used again. */
  readonly wasKept: boolean;
  /** Node's, for one that broke. */
  readonly code: string | undefined;

  constructor(
    reason: HttpFailure['reason'],
    message: string,
    { wasKept = false, code, cause }: { wasKept?: boolean; code?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.reason = reason;
    this.wasKept = wasKept;
    this.code = code;
  }
}

export interface Clocks {
  /** To the end of the TLS handshake. */
  connectMs: number;
  /** How long nothing may come or go, and how long the headers of an answer may take in all once the request is sent. */
  silenceMs: number;
  /** For everything, from the request to the end of the answer. */
  longestMs: number;
}

/**
 * A request that is under way, and its answer. Each event of Node's that can be the last one settles it, an `upgrade`
 * that nobody asked for and a bare `close` as well; and each stretch has a clock, since a server can send something for
 * ever: a handshake, interim answers (RFC 9110 15.2), a header line. Clocks are Node's timers, which no step of the
 * wall clock moves.
 */
export class Exchange {
  readonly answer: Promise<IncomingMessage>;
  /** Resolves when nothing more comes: the answer is at its end, or there is none. */
  readonly ended: Promise<void>;
  readonly #asking: ClientRequest;
  readonly #clocks: Clocks;
  readonly #explain: (failure: HttpFailure) => Error;
  readonly #answer = Promise.withResolvers<IncomingMessage>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #whole: NodeJS.Timeout;
  /** Of the stretch that is under way. */
  #stretch: NodeJS.Timeout | undefined;
  #given: IncomingMessage | null = null;
  #isConnected = false;
  #isSettled = false;

  constructor(asking: ClientRequest, clocks: Clocks, explain: (failure: HttpFailure) => Error) {
    this.#asking = asking;
    this.#clocks = clocks;
    this.#explain = explain;
    this.answer = this.#answer.promise;
    this.ended = this.#ended.promise;
    this.#whole = setTimeout(() => this.end(silent('the answer takes too long')), clocks.longestMs);
    asking.once('socket', (socket) => this.#connect(socket));
    asking.once('timeout', () => this.end(silent('nothing comes')));
    asking.once('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      this.end(unasked(statusCode));
    });
    asking.once('response', (incoming) => this.#take(incoming));
    asking.on('error', (error: NodeJS.ErrnoException) => {
      // What comes behind a whole answer takes nothing from it
      if (!this.#given?.complete) this.end(this.#isConnected ? failureOf(error, asking) : error);
    });
    asking.once('close', () => {
      if (this.#given) return;
      this.end(broken(asking));
      this.#ended.resolve();
    });
  }

  /** Ends it now: what is waited for fails with this. */
  end(cause: Error): void {
    const error = cause instanceof HttpFailure ? this.#explain(cause) : cause;
    this.#settle();
    clearTimeout(this.#whole);
    this.#answer.reject(error);
    this.#given?.destroy(error);
    this.#asking.destroy(error);
  }

  #connect(socket: Socket): void {
    const connected = () => {
      this.#isConnected = true;
      clearTimeout(this.#stretch);
      // Until all is sent, Node's time-out of the socket sees whether it moves
      if (this.#asking.writableFinished) this.#awaitHeaders();
      else this.#asking.once('finish', () => this.#awaitHeaders());
    };
    if (this.#asking.reusedSocket || isOpen(socket)) connected();
    else {
      this.#begin(this.#clocks.connectMs, noConnection());
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
    }
  }

  #awaitHeaders(): void {
    if (!this.#isSettled) this.#begin(this.#clocks.silenceMs, silent('no answer'));
  }

  #take(incoming: IncomingMessage): void {
    if ((incoming.statusCode ?? 0) < 200) {
      this.end(unasked(incoming.statusCode));
      return;
    }
    this.#given = incoming;
    this.#settle();
    // Without a listener Node keeps an error to itself
    incoming.on('error', () => {});
    incoming.once('close', () => {
      clearTimeout(this.#whole);
      this.#ended.resolve();
    });
    this.#answer.resolve(incoming);
  }

  #begin(milliseconds: number, late: Error): void {
    clearTimeout(this.#stretch);
    this.#stretch = setTimeout(() => this.end(late), milliseconds);
  }

  #settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#stretch);
  }
}

function isOpen(socket: Socket): boolean {
  return (
    !socket.connecting &&
    (!('encrypted' in socket) || !(socket as TLSSocket & { secureConnecting: boolean }).secureConnecting)
  );
}

const silent = (what: string) => new HttpFailure('silent', what);

/** Another protocol instead of an answer, or a status that is none (RFC 9110 15). */
const unasked = (status = 0) =>
  new HttpFailure('unreadable', `status ${status}, which was not asked for, instead of an answer`);

function noConnection(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'CONNECT_TIMEOUT' });
}

function broken({ reusedSocket: wasKept }: ClientRequest, cause?: NodeJS.ErrnoException): HttpFailure {
  return new HttpFailure('broken', 'the connection was closed before the answer', {
    wasKept,
    code: cause?.code ?? 'ECONNRESET',
    cause,
  });
}

/** What Node's error means once there was a connection. */
function failureOf(error: NodeJS.ErrnoException, asking: ClientRequest): Error {
  // That of a DOMException is a number
  const code = String(error.code);
  // Node's codes for HTTP that cannot be parsed; this one is of an answer that ended too early
  if (code === 'HPE_INVALID_EOF_STATE' || /^E[A-Z]+$/.test(code)) return broken(asking, error);
  if (code === 'HPE_HEADER_OVERFLOW')
    return new HttpFailure('unreadable', 'the header of the answer is larger than 64 KiB', { cause: error });
  if (code.startsWith('HPE_')) return new HttpFailure('unreadable', `no HTTP (${code})`, { cause: error });
  return error;
}
