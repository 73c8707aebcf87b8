import { createSource } from '../reader.ts';
import type { MailSource, SourceParts } from '../source.ts';
import { act, stillThere } from './act.ts';
import { EwsClient } from './client.ts';
import { explain } from './explain.ts';
import { refetchMessage } from './fetch.ts';
import { inspectMailbox } from './inspect.ts';
import { EwsReading } from './reading.ts';
import type { Watch } from './watch.ts';

/** Exchange gives a sign of life in streamed answers every 45 seconds, and works on a batch for a minute at most. */
const defaultSilenceMs = 120_000;

/** Some 20 MB. */
const defaultMostListed = 50_000;

/**
 * A mailbox over Exchange Web Services with OAuth 2.0: on premises (hybrid modern authentication), and in Exchange
 * Online as long as Microsoft lets it. SOAP 1.1 over HTTPS, by the EWS reference for Exchange. A token of the
 * application itself impersonates the mailbox; that of a person names it in the request.
 */
export function createEwsSource(
  parts: Omit<SourceParts, 'notifications'>,
  { silenceMs = defaultSilenceMs, mostListed = defaultMostListed } = {},
): MailSource {
  const { server, tokens, options, log, known = async () => new Map() } = parts;
  const client = new EwsClient(server, tokens, { silenceMs });
  const watches = new Set<Watch>();
  return createSource(
    {
      begin: async (cursor, { signal }) =>
        new EwsReading({ client, known, options, mostListed, watches, log }, cursor, signal),
      fetch: (position, signal) => refetchMessage(client, position, options.maxMessageBytes, signal),
      act: (positions, action, signal) => act(client, positions, action, signal),
      stillThere: (positions, signal) => stillThere(client, positions, signal),
      inspect: (signal) => inspectMailbox(client, server, signal),
      explain: (error, doing, folder) => client.cleaned(explain(error, server, doing, folder)),
      async close() {
        await Promise.all([...watches].map(({ ended }) => ended));
        client.close();
      },
    },
    parts,
  );
}
