import type { Cursor, MailSource, SourceEvent, SourceParts } from '../source.ts';
import { createTrials } from '../trials.ts';
import { acknowledge } from './acknowledge.ts';
import { createEwsClient } from './client.ts';
import { openCursor } from './cursor.ts';
import { explain } from './explain.ts';
import { inspectMailbox } from './inspect.ts';
import { readMailbox } from './mailbox-reader.ts';
import { refetchMessage } from './refetch.ts';

/** Exchange gives a sign of life in streamed answers every 45 seconds, and works on a batch for a minute at most. */
const defaultSilenceMs = 120_000;

/** Some 20 MB. */
const defaultMostListed = 50_000;
const nothingKnown = async () => new Set<string>();

/**
 * A mailbox over Exchange Web Services with OAuth 2.0: on premises (hybrid modern authentication), and in Exchange
 * Online as long as Microsoft lets it. SOAP 1.1 over HTTPS, by the EWS reference for Exchange. A token of the
 * application itself impersonates the mailbox; that of a person names it in the request.
 */
export function createEwsSource(
  { server, tokens, options, log, known = nothingKnown }: Omit<SourceParts, 'notifications'>,
  { silenceMs = defaultSilenceMs, mostListed = defaultMostListed } = {},
): MailSource {
  const { maxMessageBytes } = options;
  const closing = new AbortController();
  const trials = createTrials();
  const partings = new Set<Promise<void>>();
  const client = createEwsClient(server, tokens, { silenceMs });
  const explainHere = (error: unknown) => explain(error, server);

  async function* messages(
    cursor: Cursor | null,
    { watch, signal: callerSignal }: { watch: boolean; signal: AbortSignal },
  ): AsyncGenerator<SourceEvent> {
    const signal = AbortSignal.any([callerSignal, closing.signal]);
    if (signal.aborted) return;
    const progress = openCursor(cursor);
    try {
      const limits = { maxMessageBytes, mostListed };
      const reading = { server, client, progress, trials, known, partings, ...limits, signal, log };
      yield* readMailbox(reading, watch ? options : null);
    } catch (error) {
      if (!signal.aborted) throw explainHere(error);
    }
  }

  return {
    messages,
    async acknowledge(positions, action) {
      if (action.action === 'leave' || positions.length === 0) return;
      const folder = action.action === 'move' ? action.folder : '';
      await acknowledge(client, positions, action, closing.signal).catch((error) => {
        throw explain(error, server, `${action.action.replace('-', ' ')} messages`, folder);
      });
    },
    explain: explainHere,
    fetch: (position) => refetchMessage(client, position, maxMessageBytes, closing.signal),
    inspect: (signal) =>
      inspectMailbox(client, server, signal ? AbortSignal.any([signal, closing.signal]) : closing.signal),
    async close() {
      closing.abort();
      await Promise.all(partings);
      client.close();
    },
  };
}
