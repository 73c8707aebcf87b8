import { createMutex } from '../../concurrency/mutex.ts';
import type { ImapConnection } from './connection.ts';

/** A second connection for what must not disturb the reading: opened when it is needed, closed when it is not. */
export interface SpareConnection {
  /**
   * Does the task on it, one task at a time. Where the connection turns out to have died since it was last
   * used, the task is done again on a new one: it must be safe to repeat.
   */
  use<T>(signal: AbortSignal, task: (connection: ImapConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** Long enough that a busy mailbox does not sign in for each message. */
const idleMs = 5 * 60_000;

/** `open`'s connection closes when its signal aborts. */
export function createSpareConnection(
  open: (signal: AbortSignal) => Promise<ImapConnection>,
): SpareConnection {
  const inTurn = createMutex();
  let connection: ImapConnection | null = null;
  let timer: NodeJS.Timeout | undefined;

  function close(): void {
    clearTimeout(timer);
    connection?.close();
    connection = null;
  }

  async function run<T>(signal: AbortSignal, task: (connection: ImapConnection) => Promise<T>): Promise<T> {
    clearTimeout(timer);
    try {
      if (connection?.client.usable) {
        const used = connection;
        try {
          return await task(used);
        } catch (error) {
          if (used.client.usable) throw error;
        }
      }
      close();
      connection = await open(signal);
      return await task(connection);
    } finally {
      timer = setTimeout(close, idleMs).unref();
    }
  }

  return { use: (signal, task) => inTurn(() => run(signal, task)), close };
}
