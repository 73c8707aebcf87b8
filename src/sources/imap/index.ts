import { type Trust, trustFor } from '../../network/trust.ts';
import type { Cursor, MailSource, SourceEvent, SourceParts } from '../source.ts';
import { createTrials } from '../trials.ts';
import { acknowledge } from './acknowledge.ts';
import { type ImapConnection, openConnection } from './connection.ts';
import { openCursor } from './cursor.ts';
import { explain } from './explain.ts';
import { inspectMailbox } from './inspect.ts';
import { readMailbox } from './mailbox-reader.ts';
import { refetchMessage } from './refetch.ts';
import { createSpareConnection } from './spare-connection.ts';

/**
 * A mailbox over IMAP4rev1 (RFC 3501) with OAuth 2.0. `messages` reads over a connection of its own;
 * acknowledgements go over a second one, so the consumer may wait for them while it reads.
 */
export function createImapSource({
  server,
  tokens,
  options,
  log,
}: Omit<SourceParts, 'notifications' | 'known'>): MailSource {
  const { maxMessageBytes } = options;
  const closing = new AbortController();
  const trials = createTrials();
  let trust: Trust | undefined;
  const open = async (signal: AbortSignal = closing.signal) => {
    trust ??= trustFor(server);
    return openConnection({ server, tokens, log, trust, maxMessageBytes }, signal);
  };
  const spare = createSpareConnection(open);

  async function* messages(
    cursor: Cursor | null,
    { watch, signal: callerSignal }: { watch: boolean; signal: AbortSignal },
  ): AsyncGenerator<SourceEvent> {
    const signal = AbortSignal.any([callerSignal, closing.signal]);
    if (signal.aborted) return;
    const progress = openCursor(cursor);
    let connection: ImapConnection | null = null;
    try {
      connection = await open(signal);
      const reading = { server, connection, progress, trials, maxMessageBytes, signal, log };
      yield* readMailbox(reading, watch ? options : null);
    } catch (error) {
      if (!signal.aborted) throw connection ? connection.explain(error) : error;
    } finally {
      connection?.close();
    }
  }

  return {
    messages,
    async acknowledge(positions, action) {
      if (action.action === 'leave' || positions.length === 0) return;
      await spare.use((connection) => acknowledge(connection, positions, action, log));
    },
    explain: (error) => explain(error, server),
    fetch: (position) => refetchMessage(server, position, maxMessageBytes, open),
    async inspect(signal) {
      const connection = await open(signal ? AbortSignal.any([signal, closing.signal]) : undefined);
      try {
        return await inspectMailbox(connection, server);
      } finally {
        connection.close();
      }
    },
    async close() {
      closing.abort();
      spare.close();
    },
  };
}
