import { stopped } from '../message-problems.ts';
import type { Cursor, MailSource, SourceEvent, SourceParts } from '../source.ts';
import { createTrials } from '../trials.ts';
import { acknowledge } from './acknowledge.ts';
import { createGraphClient } from './client.ts';
import { openCursor } from './cursor.ts';
import type { Round } from './delta.ts';
import { explain } from './explain.ts';
import type { Folder } from './folders.ts';
import { inspectMailbox } from './inspect.ts';
import { readMailbox, type Watching } from './mailbox-reader.ts';
import { refetchMessage } from './refetch.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';
import { createWatch, type Watch } from './watch.ts';

const actions = { 'mark-read': 'mark messages as read', move: 'move messages', delete: 'delete messages' };

/**
 * A mailbox over Microsoft Graph v1.0: delta queries by folder, with immutable ids; told of new mail by change
 * notifications where these can be had. Delegated, shared and app-only access ask in the same way
 * (`/users/{address}`): the token decides.
 */
export function createGraphSource({
  server,
  tokens,
  options,
  log,
  notifications,
  known = async () => new Set(),
}: SourceParts): MailSource {
  const { maxMessageBytes, reconcileSeconds } = options;
  const client = createGraphClient(server, tokens);
  const closing = new AbortController();
  const trials = createTrials();
  const rounds = new Map<string, Round>();
  let watched: { watch: Watch; subscriptions: Subscriptions | null } | null = null;

  async function* messages(
    cursor: Cursor | null,
    { watch, signal: callerSignal }: { watch: boolean; signal: AbortSignal },
  ): AsyncGenerator<SourceEvent> {
    const ended = new AbortController();
    const signal = AbortSignal.any([callerSignal, closing.signal, ended.signal]);
    if (signal.aborted) return;
    const progress = openCursor(cursor);
    const reading = { client, progress, rounds, trials, known, log, maxMessageBytes, signal };
    try {
      yield* readMailbox(reading, watch ? begin() : null);
    } catch (error) {
      if (!signal.aborted) throw explain(error, server, 'give messages');
    } finally {
      // Ends what was asked for ahead, and the keeping of subscriptions
      ended.abort();
      watched = null;
    }

    function begin(): Watching {
      const watch = createWatch({ reconcileSeconds });
      const subscriptions =
        notifications &&
        createSubscriptions({ client, progress, notifications, reconcileSeconds, log, onMade: watch.wake });
      watched = { watch, subscriptions };
      let folders: Folder[] = [];
      return {
        watch,
        onFolders(found) {
          const isFirst = folders.length === 0;
          folders = found;
          if (isFirst) void subscriptions?.run(() => folders, signal);
        },
      };
    }
  }

  /** Does something beside the reading, until the source is closed. */
  async function beside<T>(
    doing: string,
    work: (signal: AbortSignal) => Promise<T>,
    more?: AbortSignal,
  ): Promise<T> {
    const signal = more ? AbortSignal.any([closing.signal, more]) : closing.signal;
    try {
      return await work(signal);
    } catch (error) {
      throw closing.signal.aborted ? stopped(server) : explain(error, server, doing);
    }
  }

  return {
    messages,
    async acknowledge(positions, action) {
      if (action.action === 'leave' || positions.length === 0) return;
      await beside(actions[action.action], (signal) => acknowledge(client, positions, action, signal));
    },
    hint(hint) {
      if (hint === 'reauthorization-required' || hint === 'subscription-removed')
        watched?.subscriptions?.recheck();
      watched?.watch.wake();
    },
    fetch: (position) =>
      beside('give a message', (signal) => refetchMessage(client, position, maxMessageBytes, signal)),
    explain: (error) => explain(error, server),
    inspect: (signal) => beside('open the mailbox', (either) => inspectMailbox(client, either), signal),
    async close() {
      closing.abort();
      client.close();
    },
  };
}
