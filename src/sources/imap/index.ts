import { type Trust, trustFor } from '../../network/trust.ts';
import { createSource } from '../reader.ts';
import type { MailSource, SourceParts } from '../source.ts';
import { act } from './act.ts';
import { openConnection } from './connection.ts';
import { explain } from './explain.ts';
import { inspectMailbox } from './inspect.ts';
import { ImapReading } from './reading.ts';
import { refetchMessage } from './refetch.ts';
import { createSpareConnection } from './spare-connection.ts';

/**
 * A mailbox over IMAP4rev1 (RFC 3501) with OAuth 2.0. Reading has a connection of its own; actions go over a second
 * one, so the consumer may wait for them while it reads.
 */
export function createImapSource(parts: Omit<SourceParts, 'notifications' | 'known'>): MailSource {
  const { server, tokens, options, log } = parts;
  const { maxMessageBytes } = options;
  let trust: Trust | undefined;
  const open = async (signal: AbortSignal) => {
    trust ??= trustFor(server);
    return openConnection({ server, tokens, log, trust, maxMessageBytes }, signal);
  };
  const spare = createSpareConnection(open);
  return createSource(
    {
      begin: async (cursor, { signal }) => new ImapReading(await open(signal), cursor, { ...options, log }),
      fetch: (position, signal) => refetchMessage(position, maxMessageBytes, () => open(signal)),
      act: (positions, action, signal) =>
        spare.use(signal, (connection) => act(connection, positions, action, log)),
      async inspect(signal) {
        const connection = await open(signal);
        try {
          return await inspectMailbox(connection, server);
        } finally {
          connection.close();
        }
      },
      explain: (error, doing) => explain(error, server, {}, doing),
      close: spare.close,
    },
    parts,
  );
}
