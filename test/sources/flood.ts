import { once } from 'node:events';
import type { Socket } from 'node:net';

/** Writes line after line, as fast as they are taken, until the other side ends the connection. */
export async function flood(socket: Socket, line: (n: number) => string): Promise<void> {
  for (let n = 1; socket.writable; ) {
    let lines = '';
    for (const end = n + 5_000; n < end; n++) lines += `${line(n)}\r\n`;
    if (!socket.write(lines) && socket.writable) {
      const ended = new AbortController();
      const { signal } = ended;
      await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]).catch(
        () => {},
      );
      ended.abort();
    }
    await new Promise(setImmediate);
  }
}
