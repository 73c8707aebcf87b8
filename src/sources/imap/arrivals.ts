import { inPortions } from '../../concurrency/batches.ts';
import type { Instant } from '../../model/mail-server.ts';
import { isBeforeStart } from '../start.ts';
import type { ImapConnection } from './connection.ts';
import { type FolderPlace, isReadToEnd, type Progress } from './cursor.ts';
import { receivedAt } from './fetch.ts';
import { openFolder, searchUids, toUidSet, uidsAtOnce } from './folder.ts';

/** What there is to read in one folder. */
export interface Arrivals {
  validity: string;
  place: FolderPlace;
  /** Ascending. Numbers only, so that 100,000 of them weigh less than one large message. */
  uids: number[];
  /** Highest UID that was looked at, also where nothing of it is to be read. */
  upTo: number;
}

const dayMs = 24 * 3600 * 1000;

/**
 * Looks at a folder anew (EXAMINE gives a fresh view, whatever IDLE told) and finds what lies after the place
 * reached in it. Leaves the folder open.
 */
export async function findArrivals(
  connection: ImapConnection,
  folder: string,
  progress: Progress,
): Promise<Arrivals> {
  const { startFrom } = connection.server;
  const state = await openFolder(connection, folder, { readOnly: true });
  const { validity } = state;
  const place = progress.placeIn(folder, validity);
  if (state.messages === 0 || isReadToEnd(place, state))
    return { validity, place, uids: place.open, upTo: place.last };

  const after = `${place.last + 1}:*`;
  // `*` is the highest UID even where it lies before the range (RFC 3501 9), so an old message may answer
  const present = (await searchUids(connection, { uid: after })).filter((uid) => uid > place.last);
  const upTo = present.at(-1) ?? place.last;
  const wanted =
    startFrom === null || present.length === 0 ? present : await leaveOut(startFrom, after, upTo);
  return { validity, place, uids: [...place.open, ...wanted], upTo };

  /** The UIDs without those known to have come before the start; on a first look without fetching them. */
  async function leaveOut(start: Instant, range: string, highest: number): Promise<number[]> {
    // SINCE knows days only, in the server's time zone; the reader looks at the exact time of each message
    const recent = await searchUids(connection, { uid: range, since: daysFrom(start, -1) });
    const before = place.last === 0 ? await findBeforeStart(connection, start) : new Set();
    return recent.filter((uid) => uid > place.last && uid <= highest && !before.has(uid));
  }
}

/** Of the messages from the days around `start`, those received before it. */
async function findBeforeStart(connection: ImapConnection, start: Instant): Promise<Set<number>> {
  const around = { since: daysFrom(start, -1), before: daysFrom(start, 2) };
  const before = new Set<number>();
  for (const portion of inPortions(await searchUids(connection, around), uidsAtOnce)) {
    const query = { uid: true, internalDate: true };
    for await (const row of connection.client.fetch(toUidSet(portion), query, { uid: true })) {
      if (isBeforeStart(connection.server, receivedAt(row))) before.add(row.uid);
    }
  }
  return before;
}

function daysFrom(instant: Instant, days: number): Date {
  return new Date(Date.parse(instant) + days * dayMs);
}
