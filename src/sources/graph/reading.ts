import { inPortions } from '../../concurrency/batches.ts';
import { createWakeUp } from '../../concurrency/wake-up.ts';
import type { Log } from '../../telemetry/log.ts';
import { isPattern } from '../folder-pattern.ts';
import type { Portion, Reading } from '../protocol.ts';
import type { Cursor, SourceParts } from '../source.ts';
import type { GraphClient } from './client.ts';
import { isOwn } from './collection.ts';
import { type FolderPlace, openCursor } from './cursor.ts';
import { beginRound, completeRound, type Round } from './delta.ts';
import { explain } from './explain.ts';
import { fetchMessages } from './fetch.ts';
import { createFolderFinder, type Folder } from './folders.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ReadingParts {
  client: GraphClient;
  /** Rounds begun and not finished, by the folder's name: they outlive the reading that began them. */
  rounds: Map<string, Round>;
  known: NonNullable<SourceParts['known']>;
  options: SourceParts['options'];
  notifications: SourceParts['notifications'];
  log: Log;
}

/** The store is asked about so many at once. */
const portionSize = 200;

/**
 * Reads a mailbox by delta queries. With `watch` a subscription for each folder tells of new mail, where these can be
 * had.
 */
export function createReading(
  { client, rounds, known, options, notifications, log }: ReadingParts,
  cursor: Cursor | null,
  { watch, signal }: { watch: boolean; signal: AbortSignal },
): Reading<Folder> {
  const { server } = client;
  const { maxMessageBytes, reconcileSeconds } = options;
  const progress = openCursor(cursor);
  const wakeUp = createWakeUp();
  const subscriptions =
    watch && notifications
      ? new Subscriptions({ client, progress, notifications, reconcileSeconds, log, onMade: wakeUp.wake })
      : null;
  let found: Awaited<ReturnType<Reading<Folder>['folders']>> | null = null;
  let isSubscribing = false;

  async function* list(folder: Folder): AsyncGenerator<Portion> {
    const place = progress.placeIn(folder.name, folder.id);
    const round = currentRound(folder, place);
    await completeRound(client, folder, round, {
      signal,
      onLost: () =>
        log.info(
          { folder: folder.name },
          'Graph has forgotten what was read of a folder: it is looked at anew',
        ),
    });
    const uids = oldestFirst(round);
    let behind = uids.length;
    for (const portion of inPortions(uids, portionSize)) {
      behind -= portion.length;
      // Also told of are messages that were read, flagged or moved here and back: those are here already
      const here = await known({ folder: folder.name, validity: '' }, portion);
      const entries = portion
        .filter((uid) => !here.has(uid))
        .map((uid) => ({
          position: { folder: folder.name, validity: '', uid },
          size: null,
          receivedAt: instantOf(round.messages.get(uid)),
        }));
      yield { entries, behind };
    }
    // What is repeated of a round that was broken off is known by then
    place.deltaLink = round.deltaLink;
    rounds.delete(folder.name);
  }

  /** The round that is under way, if it is still about the same. */
  function currentRound(folder: Folder, { deltaLink }: FolderPlace): Round {
    // A link of another host is from before the server's settings were changed
    const from = deltaLink !== null && isOwn(client, deltaLink) ? deltaLink : null;
    const begun = rounds.get(folder.name);
    if (begun?.folderId === folder.id && begun.from === from) return begun;
    const fresh = beginRound(client, folder, from);
    rounds.set(folder.name, fresh);
    return fresh;
  }

  return {
    async folders() {
      // There may be new ones
      if (found === null || server.folders.some(isPattern))
        found = await createFolderFinder(client, signal).resolve(server.folders);
      return found;
    },
    list,
    fetch: (entries) => fetchMessages(client, entries, maxMessageBytes, signal),
    // The place moves on when the round is over
    advance: () => undefined,
    cursor: progress.toCursor,
    async wait(milliseconds) {
      if (!isSubscribing) void subscriptions?.run(() => found?.folders ?? [], signal);
      isSubscribing = true;
      await wakeUp.sleep(milliseconds, signal);
      return null;
    },
    hint(hint) {
      if (hint === 'reauthorization-required' || hint === 'subscription-removed') subscriptions?.recheck();
      wakeUp.wake();
    },
    explain: (error, doing, folder) => explain(error, server, doing, folder),
    // What is asked for ahead, and the keeping of subscriptions, ends with the signal
    end: async () => undefined,
  };
}

/** Those of which it is not told when they were received come first. */
function oldestFirst({ messages }: Round): string[] {
  return [...messages]
    .sort(([, a], [, b]) => (Number.isNaN(a) ? -1 : a) - (Number.isNaN(b) ? -1 : b))
    .map(([uid]) => uid);
}

function instantOf(milliseconds = Number.NaN): string | null {
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}
