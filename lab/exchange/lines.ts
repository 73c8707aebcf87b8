import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** A socket read line by line, until the rest of it is handed on as bytes. */
export class Lines {
  readonly socket: Socket | TLSSocket;
  #buffer = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};
  readonly #take = (chunk: Buffer) => {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    this.#wake();
  };

  constructor(socket: Socket | TLSSocket) {
    this.socket = socket;
    socket.on('data', this.#take);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** The next line without its end; null when there are no more. */
  async next(): Promise<string | null> {
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end >= 0) {
        const line = this.#buffer.subarray(0, end).toString('latin1').replace(/\r$/, '');
        this.#buffer = this.#buffer.subarray(end + 1);
        return line;
      }
      if (this.#ended) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** The first line that is `wanted`; null when there is none before the end. */
  async until(wanted: RegExp): Promise<string | null> {
    for (;;) {
      const line = await this.next();
      if (line === null || wanted.test(line)) return line;
    }
  }

  send(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Stops reading; what came and was not read. */
  release(): Buffer {
    this.socket.off('data', this.#take);
    return this.#buffer;
  }
}

/** From here on all that the one says goes to the other, both ways, and so does the end. */
export function join(one: Lines, other: Lines): void {
  other.socket.write(one.release());
  one.socket.write(other.release());
  one.socket.pipe(other.socket).pipe(one.socket);
  one.socket.once('close', () => other.socket.destroy());
  other.socket.once('close', () => one.socket.destroy());
}
