import { silent } from '../../network/problems.ts';
import type { ImapConnection } from './connection.ts';

/** Why to look at the mailbox again. */
export type Reason =
  /** The server told of a new message in the open folder. */
  | 'arrival'
  /** Time for a look at every folder, whatever the server told (P20). */
  | 'reconcile';

export interface Watch {
  /** Resolves when there is a reason to look; throws a Problem when the connection is dead. */
  next(): Promise<Reason>;
  /** Every folder was looked at just now. */
  reconciled(): void;
}

/** A NOOP is answered within this time, or the connection is dead. */
const maxNoopMs = 30_000;

/**
 * Watches the open folder by IDLE (RFC 2177), issued anew every `idleSeconds` with a NOOP between: the answer
 * to the NOOP must come in time, so a connection that died without a sign is noticed. Servers without IDLE
 * are asked by NOOP.
 */
export function createWatch(
  connection: ImapConnection,
  { idleSeconds, reconcileSeconds }: { idleSeconds: number; reconcileSeconds: number },
): Watch {
  const { client, server } = connection;
  let arrived = false;
  let wake = () => {};
  let reconciledAt = Date.now();
  client.on('exists', ({ count, prevCount }) => {
    if (count <= prevCount) return;
    arrived = true;
    wake();
  });
  client.on('close', () => wake());

  async function idle(ms: number): Promise<void> {
    // It ends when the next command is given; a refusal makes imapflow poll by NOOP instead
    client.idle().catch(() => {});
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (arrived || !client.usable) wake();
    });
  }

  async function probe(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, Math.min(maxNoopMs, idleSeconds * 1000), 'late');
    });
    const answered = client.noop().catch(() => {});
    const isLate = (await Promise.race([answered, late])) === 'late';
    clearTimeout(timer);
    if (!isLate && client.usable) return;
    const problem = isLate ? silent(server) : connection.explain(new Error('closed'));
    connection.close();
    throw problem;
  }

  return {
    async next() {
      for (;;) {
        if (arrived) {
          arrived = false;
          return 'arrival';
        }
        const restMs = reconciledAt + reconcileSeconds * 1000 - Date.now();
        if (restMs <= 0) return 'reconcile';
        await idle(Math.min(restMs, idleSeconds * 1000));
        if (!arrived) await probe();
      }
    },
    reconciled() {
      reconciledAt = Date.now();
    },
  };
}
