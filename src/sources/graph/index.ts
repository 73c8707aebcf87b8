import { createSource } from '../reader.ts';
import type { MailSource, SourceParts } from '../source.ts';
import { act, stillThere } from './act.ts';
import { createGraphClient } from './client.ts';
import type { Round } from './delta.ts';
import { endSubscriptions } from './end-subscriptions.ts';
import { explain } from './explain.ts';
import { fetchMessage, findReceived } from './fetch.ts';
import { inspectMailbox } from './inspect.ts';
import { GraphReading } from './reading.ts';

/**
 * A mailbox over Microsoft Graph v1.0: delta queries by folder, with immutable ids; told of new mail by change
 * notifications where these can be had. Delegated, shared and app-only access ask in the same way
 * (`/users/{address}`): the token decides.
 */
export function createGraphSource(parts: SourceParts): MailSource {
  const { server, tokens, options, notifications, known = async () => new Map() } = parts;
  const client = createGraphClient(server, tokens);
  const rounds = new Map<string, Round>();
  return createSource(
    {
      begin: async (cursor, how) => new GraphReading({ ...parts, client, rounds, known }, cursor, how),
      async fetch({ uid, validity }, signal) {
        // Graph's ids never change meaning; positions with a validity are from another protocol
        if (validity !== '') return { kind: 'gone' };
        const received = await findReceived(client, uid, signal);
        if (received === null) return { kind: 'gone' };
        return fetchMessage(client, uid, received, options.maxMessageBytes, signal);
      },
      act: (positions, action, signal) => act(client, positions, action, signal),
      stillThere: (positions, signal) => stillThere(client, positions, signal),
      inspect: (signal) => inspectMailbox(client, { isTold: notifications !== null }, signal),
      explain: (error, doing, folder) => explain(error, server, doing, folder),
      ...(notifications && {
        forget: async (signal) => {
          await endSubscriptions(client, (one) => one.notificationUrl === notifications.url, signal);
        },
      }),
      close: client.close,
    },
    parts,
  );
}
