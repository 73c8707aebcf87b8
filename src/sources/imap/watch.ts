import { within } from '../../concurrency/deadline.ts';
import { createWakeUp } from '../../concurrency/wake-up.ts';
import { silent } from '../../network/problems.ts';
import type { ImapConnection } from './connection.ts';

/**
 * Waits for new mail in the open folder: resolves with whether the server told of any within so many milliseconds.
 * Throws a Problem when the connection is dead.
 */
export type AwaitArrival = (milliseconds: number) => Promise<boolean>;

/** A NOOP is answered within this time, or the connection is dead. */
const maxNoopMs = 30_000;

/**
 * Watches the open folder by IDLE (RFC 2177), issued anew every `idleSeconds` with a NOOP between: the answer
 * to the NOOP must come in time, so a connection that died without a sign is noticed. Servers without IDLE
 * are asked by NOOP.
 */
export function watchFolder(connection: ImapConnection, idleSeconds: number): AwaitArrival {
  const { client, server } = connection;
  const wakeUp = createWakeUp();
  let arrived = false;
  client.on('exists', ({ count, prevCount }) => {
    if (count <= prevCount) return;
    arrived = true;
    wakeUp.wake();
  });
  client.on('close', wakeUp.wake);

  async function probe(): Promise<void> {
    const answered = client.noop().catch(() => {});
    const isLate = (await within(Math.min(maxNoopMs, idleSeconds * 1000), answered)) === 'late';
    if (!isLate && client.usable) return;
    const problem = isLate ? silent(server) : connection.explain(new Error('closed'));
    connection.close();
    throw problem;
  }

  return async (milliseconds) => {
    const until = performance.now() + milliseconds;
    while (!arrived && performance.now() < until) {
      // It ends when the next command is given; a refusal makes imapflow poll by NOOP instead
      client.idle().catch(() => {});
      await wakeUp.sleep(Math.min(until - performance.now(), idleSeconds * 1000));
      if (!arrived) await probe();
    }
    const result = arrived;
    arrived = false;
    return result;
  };
}
