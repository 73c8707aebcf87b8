import { inPortions } from '../../concurrency/batches.ts';
import type { Log } from '../../telemetry/log.ts';
import type { NamedFolder, Portion, Reading } from '../protocol.ts';
import type { Cursor } from '../source.ts';
import { findArrivals } from './arrivals.ts';
import type { ImapConnection } from './connection.ts';
import { createAdvance, isReadToEnd, openCursor } from './cursor.ts';
import { fetchMessages } from './fetch.ts';
import { askState, uidsAtOnce } from './folder.ts';
import { resolveFolders } from './folder-names.ts';
import { watchFolder } from './watch.ts';

/**
 * Reads a mailbox over one connection. The first folder is watched, so it is the one that is open after each look;
 * the others are opened where STATUS says that there may be something new in them.
 */
export function createReading(
  connection: ImapConnection,
  cursor: Cursor | null,
  { maxMessageBytes, idleSeconds, log }: { maxMessageBytes: number; idleSeconds: number; log: Log },
): Reading<NamedFolder> {
  const { client, server } = connection;
  const progress = openCursor(cursor);
  const arrivalWithin = watchFolder(connection, idleSeconds);
  let watched: NamedFolder | null = null;
  let wasWatchedRead = false;
  let advance = (_uid: number) => {};

  /** Where that can be told without opening the folder. */
  async function hasNothingNew(name: string): Promise<boolean> {
    const place = progress.placeOf(name);
    const state = place && (await askState(connection, name));
    return state !== null && place !== null && isReadToEnd(place, state);
  }

  async function* list({ name }: NamedFolder): AsyncGenerator<Portion> {
    const isWatched = name === watched?.name;
    const isOpen = client.mailbox !== false && client.mailbox.path === name;
    if (isWatched ? isOpen && wasWatchedRead : await hasNothingNew(name)) return;
    const validityBefore = progress.placeOf(name)?.validity ?? null;
    const { validity, place, uids, upTo } = await findArrivals(connection, name, progress);
    if (validityBefore !== null && validityBefore !== validity)
      log.info(
        { folder: name, validity },
        'The UIDs of the folder have changed: it is read again from its start',
      );
    let behind = uids.length;
    for (const portion of inPortions(uids, uidsAtOnce)) {
      advance = createAdvance(place, portion);
      behind -= portion.length;
      const entries = portion.map((uid) => ({
        position: { folder: name, validity, uid: `${uid}` },
        size: null,
        receivedAt: null,
      }));
      yield { entries, behind };
    }
    place.last = Math.max(place.last, upTo);
    if (isWatched) wasWatchedRead = true;
  }

  return {
    async folders() {
      const { names, missing } = await resolveFolders(connection, server);
      const folders = names.map((name) => ({ name }));
      watched = folders[0] ?? null;
      wasWatchedRead = false;
      return { folders: watched && folders.length > 1 ? [...folders, watched] : folders, missing };
    },
    list,
    fetch: (entries) => fetchMessages(connection, entries, maxMessageBytes),
    advance: ({ position }) => advance(Number(position.uid)),
    cursor: progress.toCursor,
    async wait(milliseconds) {
      const arrived = await arrivalWithin(milliseconds);
      wasWatchedRead = false;
      return arrived ? watched : null;
    },
    explain: connection.explain,
    async end() {
      connection.close();
    },
  };
}
