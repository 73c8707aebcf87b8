import type { Socket } from 'node:net';
import { closedEarly, Pop3ProtocolError } from './errors.ts';

/** RFC 2449 4 allows answers of 512 bytes; what a refused token is told by (base64) and some unique ids are longer. */
const longestLine = 16 * 1024;
const [carriageReturn, lineFeed, dot] = [0x0d, 0x0a, 0x2e];

/** What comes over one connection, as lines and as multi-line answers (RFC 1939 3). Nothing is read ahead of need. */
export class Wire {
  readonly #socket: Socket;
  readonly #silenceMs: number;
  readonly #onSilence: () => void;
  #unread: Buffer = Buffer.alloc(0);

  /** `onSilence`: called when nothing came for `silenceMs` while something was due; it is to destroy the socket. */
  constructor(socket: Socket, silenceMs: number, onSilence: () => void) {
    this.#socket = socket;
    this.#silenceMs = silenceMs;
    this.#onSilence = onSilence;
  }

  /** Whether bytes wait that nobody has asked for. */
  get hasUnread(): boolean {
    return this.#unread.length > 0 || this.#socket.readableLength > 0;
  }

  /** The next line, without its CRLF. Throws when it is longer than {@link longestLine}. */
  async readLine(): Promise<string> {
    for (let searched = 0; ; ) {
      const end = this.#unread.indexOf(lineFeed, searched);
      if (end > longestLine || (end < 0 && this.#unread.length > longestLine))
        throw new Pop3ProtocolError('a line without an end');
      if (end >= 0)
        return this.#take(end + 1)
          .toString()
          .replace(/\r?\n$/, '');
      searched = this.#unread.length;
      await this.#readMore();
    }
  }

  /** The bytes of a multi-line answer up to its end, their dots unstuffed, as they come. To be read to the end. */
  async *readMultiline(): AsyncGenerator<Buffer> {
    for (const state = { atLineStart: true, isOver: false }; ; ) {
      const piece = this.#takeUnstuffed(state);
      if (piece.length > 0) yield piece;
      if (state.isOver) return;
      await this.#readMore();
    }
  }

  #take(length: number): Buffer {
    const taken = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return taken;
  }

  /** Waits for more bytes; the socket itself holds the server back meanwhile when its buffer is full. */
  async #readMore(): Promise<void> {
    const socket = this.#socket;
    for (;;) {
      const chunk: Buffer | null = socket.read();
      if (chunk !== null) {
        this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
        return;
      }
      if (socket.errored) throw socket.errored;
      if (socket.readableEnded || socket.destroyed) throw closedEarly();
      await changed(socket, this.#silenceMs, this.#onSilence);
    }
  }

  /**
   * What is there of a multi-line answer, its dots unstuffed; many lines at a time, as few begin with a dot. Keeps
   * back what the next bytes must tell of.
   */
  #takeUnstuffed(state: { atLineStart: boolean; isOver: boolean }): Buffer {
    const pieces: Buffer[] = [];
    while (this.#unread.length > 0) {
      if (state.atLineStart && this.#unread[0] === dot) {
        if (this.#unread.length < 3) break;
        state.isOver = this.#unread[1] === carriageReturn && this.#unread[2] === lineFeed;
        this.#take(state.isOver ? 3 : 1);
        if (state.isOver) break;
      }
      const beforeDot = this.#unread.indexOf('\r\n.');
      state.atLineStart = beforeDot >= 0;
      if (beforeDot >= 0) {
        pieces.push(this.#take(beforeDot + 2));
        continue;
      }
      pieces.push(this.#take(this.#unread.length - lineEndAtEnd(this.#unread)));
      break;
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }
}

/** How many bytes at the end of a piece may be the line end before a dot. */
function lineEndAtEnd(piece: Buffer): number {
  if (piece.at(-1) === carriageReturn) return 1;
  return piece.at(-1) === lineFeed && piece.at(-2) === carriageReturn ? 2 : 0;
}

/** Resolves when there is something to read, or nothing more to be had. */
function changed(socket: Socket, silenceMs: number, onSilence: () => void): Promise<void> {
  const events = ['readable', 'end', 'close', 'error'];
  return new Promise((resolve) => {
    const done = () => {
      socket.setTimeout(0);
      socket.off('timeout', onSilence);
      for (const event of events) socket.off(event, done);
      resolve();
    };
    for (const event of events) socket.on(event, done);
    socket.on('timeout', onSilence);
    socket.setTimeout(silenceMs);
  });
}

/** The lines of a multi-line answer, those of a piece together. Throws when one is longer than {@link longestLine}. */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let begun = '';
  for await (const piece of pieces) {
    const lines = (begun + piece.toString('latin1')).split('\r\n');
    begun = lines.pop() ?? '';
    if (begun.length > longestLine) throw new Pop3ProtocolError('a line without an end');
    yield lines;
  }
  if (begun !== '') yield [begun];
}
