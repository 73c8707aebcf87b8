import type { Socket } from 'node:net';
import { closedEarly, Pop3ProtocolError } from './errors.ts';

/** What comes over one connection, as lines and as multi-line answers (RFC 1939 3). Nothing is read ahead of need. */
export interface Wire {
  /** The next line, without its CRLF. Throws when it is longer than {@link longestLine}. */
  readLine(): Promise<string>;
  /** The bytes of a multi-line answer up to its end, their dots unstuffed, as they come. To be read to the end. */
  readMultiline(): AsyncGenerator<Buffer>;
  /** Whether bytes wait that nobody has asked for. */
  readonly hasUnread: boolean;
}

/** RFC 2449 4 allows answers of 512 bytes; what a refused token is told by (base64) and some unique ids are longer. */
const longestLine = 16 * 1024;
const [carriageReturn, lineFeed, dot] = [0x0d, 0x0a, 0x2e];

/** `onSilence`: called when nothing came for `silenceMs` while something was due; it is to destroy the socket. */
export function createWire(socket: Socket, silenceMs: number, onSilence: () => void): Wire {
  let unread: Buffer = Buffer.alloc(0);

  function take(length: number): Buffer {
    const taken = unread.subarray(0, length);
    unread = unread.subarray(length);
    return taken;
  }

  /** Waits for more bytes; the socket itself holds the server back meanwhile when its buffer is full. */
  async function readMore(): Promise<void> {
    for (;;) {
      const chunk: Buffer | null = socket.read();
      if (chunk !== null) {
        unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
        return;
      }
      if (socket.errored) throw socket.errored;
      if (socket.readableEnded || socket.destroyed) throw closedEarly();
      await changed(socket, silenceMs, onSilence);
    }
  }

  /**
   * What is there of a multi-line answer, its dots unstuffed; many lines at a time, as few begin with a dot. Keeps
   * back what the next bytes must tell of.
   */
  function takeUnstuffed(state: { atLineStart: boolean; isOver: boolean }): Buffer {
    const pieces: Buffer[] = [];
    while (unread.length > 0) {
      if (state.atLineStart && unread[0] === dot) {
        if (unread.length < 3) break;
        state.isOver = unread[1] === carriageReturn && unread[2] === lineFeed;
        take(state.isOver ? 3 : 1);
        if (state.isOver) break;
      }
      const beforeDot = unread.indexOf('\r\n.');
      state.atLineStart = beforeDot >= 0;
      if (beforeDot >= 0) {
        pieces.push(take(beforeDot + 2));
        continue;
      }
      pieces.push(take(unread.length - lineEndAtEnd(unread)));
      break;
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  return {
    async readLine() {
      for (let searched = 0; ; ) {
        const end = unread.indexOf(lineFeed, searched);
        if (end > longestLine || (end < 0 && unread.length > longestLine))
          throw new Pop3ProtocolError('a line without an end');
        if (end >= 0)
          return take(end + 1)
            .toString()
            .replace(/\r?\n$/, '');
        searched = unread.length;
        await readMore();
      }
    },

    async *readMultiline() {
      for (const state = { atLineStart: true, isOver: false }; ; ) {
        const piece = takeUnstuffed(state);
        if (piece.length > 0) yield piece;
        if (state.isOver) return;
        await readMore();
      }
    },

    get hasUnread() {
      return unread.length > 0 || socket.readableLength > 0;
    },
  };
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

/** The lines of a multi-line answer. Throws when one is longer than {@link longestLine}. */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun = '';
  for await (const piece of pieces) {
    const lines = (begun + piece.toString('latin1')).split('\r\n');
    begun = lines.pop() ?? '';
    if (begun.length > longestLine) throw new Pop3ProtocolError('a line without an end');
    yield* lines;
  }
  if (begun !== '') yield begun;
}
