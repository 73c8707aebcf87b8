import { createMutex } from '../../concurrency/mutex.ts';
import { type Trust, trustFor } from '../../network/trust.ts';
import { createSource } from '../reader.ts';
import type { MailSource, SourceParts } from '../source.ts';
import { act, stillThere } from './act.ts';
import { type ImapConnection, openConnection } from './connection.ts';
import { explain } from './explain.ts';
import { inspectMailbox } from './inspect.ts';
import { ImapReading } from './reading.ts';
import { refetchMessage } from './refetch.ts';

/** Long enough that a busy mailbox does not sign in for each message. */
const idleMs = 5 * 60_000;

/**
 * A mailbox over IMAP4rev1 (RFC 3501) with OAuth 2.0. Reading has a connection of its own; actions go over a second
 * one, so the consumer may wait for them while it reads.
 */
export function createImapSource(parts: Omit<SourceParts, 'notifications'>): MailSource {
  const { server, tokens, options, log } = parts;
  const { maxMessageBytes } = options;
  let trust: Trust | undefined;
  const open = async (signal: AbortSignal) => {
    trust ??= trustFor(server);
    return openConnection({ server, tokens, log, trust, maxMessageBytes }, signal);
  };
  const spare = createSpareConnection(open);
  const unreadable = new Set<string>();
  return createSource(
    {
      begin: async (cursor, { signal }) =>
        new ImapReading(await open(signal), cursor, { ...options, unreadable, log }),
      fetch: (position, signal) => refetchMessage(position, maxMessageBytes, () => open(signal)),
      act: (positions, action, signal) =>
        spare.use(signal, (connection) => act(connection, positions, action, log)),
      stillThere: (positions, signal) => spare.use(signal, (connection) => stillThere(connection, positions)),
      async inspect(signal) {
        const connection = await open(signal);
        try {
          return await inspectMailbox(connection, server);
        } finally {
          connection.close();
        }
      },
      explain: (error, doing) => explain(error, server, {}, doing),
      // RFC 3501 6.2.1
      starttls: { command: '1 STARTTLS', passedOver: /^\* /, agreement: /^1 OK\b/i },
      close: spare.close,
    },
    parts,
  );
}

/** A second connection for what must not disturb the reading: opened when it is needed, closed when it is not. */
interface SpareConnection {
  /**
   * Does the task on it, one task at a time. Where the connection turns out to have died since it was last
   * used, the task is done again on a new one: it must be safe to repeat.
   */
  use<T>(signal: AbortSignal, task: (connection: ImapConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** `open`'s connection closes when its signal aborts. */
function createSpareConnection(open: (signal: AbortSignal) => Promise<ImapConnection>): SpareConnection {
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
