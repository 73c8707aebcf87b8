import { inPortions } from '../../concurrency/batches.ts';
import type { Log } from '../../telemetry/log.ts';
import { folderMissing } from '../folder-problems.ts';
import type { Portion, Reading } from '../protocol.ts';
import type { Cursor, SourceParts } from '../source.ts';
import { isBeforeStart } from '../start.ts';
import type { EwsClient } from './client.ts';
import { openCursor } from './cursor.ts';
import { explain } from './explain.ts';
import { fetchMessages } from './fetch.ts';
import { type Folder, resolveFolders } from './folders.ts';
import { type Arrival, isLater, type Listing, listArrivals } from './listing.ts';
import { Refusal } from './refusal.ts';
import { Watch } from './watch.ts';

export interface ReadingParts {
  client: EwsClient;
  known: NonNullable<SourceParts['known']>;
  options: SourceParts['options'];
  /** So many messages at most are held in mind, not read yet. */
  mostListed: number;
  /** Where a watch is put that was begun: closing waits for its end. */
  watches: Set<Watch>;
  log: Log;
}

const portionSize = 500;

/** Reads a mailbox by its folders' sync states. The first folder is watched. */
export function createReading(
  { client, known, options, mostListed, watches, log }: ReadingParts,
  cursor: Cursor | null,
  signal: AbortSignal,
): Reading<Folder> {
  const { server } = client;
  const progress = openCursor(cursor);
  const ending = new AbortController();
  let watched: Folder | null = null;
  let watch: Watch | null = null;

  async function* list(folder: Folder): AsyncGenerator<Portion> {
    let after: Arrival | null = null;
    let until: string | null = null;
    for (;;) {
      const listing = await listSince(folder, after);
      until ??= listing.until;
      yield* portionsOf(folder, listing);
      if (listing.beyond > 0) {
        after = listing.arrivals.at(-1) ?? null;
        continue;
      }
      // What is listed again of a reading that was broken off is known by then
      progress.reach(folder.name, until);
      if (after === null) return;
      // It was listed several times: what came meanwhile lies behind the first of them
      after = null;
      until = null;
    }
  }

  async function listSince(folder: Folder, after: Arrival | null): Promise<Listing> {
    const wanted = async (arrivals: Arrival[]): Promise<Arrival[]> => {
      const due = arrivals.filter(
        (arrival) =>
          !isBeforeStart(server, arrival.receivedAt) && (after === null || isLater(arrival, after)),
      );
      if (due.length === 0) return due;
      const uids = due.map(({ id }) => id);
      const here = await known({ folder: folder.name, validity: '' }, uids);
      return due.filter(({ id }) => !here.has(id));
    };
    const state = progress.stateOf(folder.name);
    try {
      return await listArrivals(client, folder, state, wanted, mostListed, signal);
    } catch (error) {
      const isLost = error instanceof Refusal && error.code === 'ErrorInvalidSyncStateData';
      if (!isLost || state === null) throw error;
      log.info({ folder: folder.name }, 'The sync state of the folder is lost: it is looked at anew');
      progress.reach(folder.name, null);
      return listSince(folder, after);
    }
  }

  return {
    async folders() {
      try {
        const { folders, missing } = await resolveFolders(client, server.folders, signal);
        progress.keepOnly([...folders.map(({ name }) => name), ...missing]);
        watched = folders[0] ?? null;
        const [absent = folders.length === 0 ? server.folders.join(', ') : null] = missing;
        return { folders, missing: absent === null ? null : folderMissing(server, absent) };
      } catch (error) {
        throw explain(error, server, 'list the folders', 'INBOX');
      }
    },
    list,
    fetch: (entries) => fetchMessages(client, entries, signal),
    // The sync state moves on when all that was listed was read
    advance: () => undefined,
    cursor: progress.toCursor,
    async wait(milliseconds) {
      watch ??= new Watch(
        client,
        watched as Folder,
        { ...options, log },
        AbortSignal.any([signal, ending.signal]),
      );
      watches.add(watch);
      return (await watch.arrivalWithin(milliseconds)) ? watch.folder : null;
    },
    explain: (error, doing, folder) => explain(error, server, doing, folder),
    async end() {
      ending.abort();
      if (!watch) return;
      await watch.ended;
      watches.delete(watch);
    },
  };
}

function* portionsOf({ name }: Folder, { arrivals, beyond }: Listing): Generator<Portion> {
  let behind = arrivals.length + beyond;
  for (const portion of inPortions(arrivals, portionSize)) {
    behind -= portion.length;
    const entries = portion.map(({ id, receivedAt, size }) => ({
      position: { folder: name, validity: '', uid: id },
      receivedAt,
      size,
    }));
    yield { entries, behind };
  }
}
