import type { Instant } from '../../model/mail-server.ts';
import type { EwsClient } from './client.ts';
import { type FolderPlace, isAfter, type Rank } from './cursor.ts';
import { find, textOf, type XmlElement } from './element.ts';
import type { Folder } from './folders.ts';
import { syncFolderItems } from './operations.ts';

/** A message that a folder received. */
export interface Arrival {
  id: string;
  receivedAt: Instant;
  /** As Exchange keeps it: near to the size of its MIME, but not the same. */
  size: number;
}

export interface Listing {
  /** The oldest of what there is to read, oldest first. */
  arrivals: Arrival[];
  /** How many more there are: they are listed again when these are read. */
  beyond: number;
  /** The sync state up to which was looked. */
  until: string;
}

/** So many are held at once: some 20 MB. */
export const mostHeld = 50_000;

/** Items of other kinds lie in mail folders at times; they are no messages, and have no MIME. */
const noMessages = new Set(['CalendarItem', 'Contact', 'DistributionList', 'Task']);

/**
 * What was created in a folder since its place, of that only what is `wanted`. All of it is looked at, as Exchange
 * begins with the newest; only the oldest are held, however large the folder. Throws the Refusal of a lost sync state.
 */
export async function listArrivals(
  client: EwsClient,
  folder: Folder,
  place: FolderPlace,
  wanted: (arrival: Arrival) => boolean,
  signal: AbortSignal,
  most = mostHeld,
): Promise<Listing> {
  let arrivals: Arrival[] = [];
  let count = 0;
  for (let state = place.state; ; ) {
    const { message } = await client.askOne(syncFolderItems(folder.id, state), signal);
    for (const change of find(message, 'Changes')?.children ?? []) {
      const arrival = change.name === 'Create' ? readArrival(change.children[0]) : null;
      if (!arrival || !isAfter(rankOf(arrival), place.round?.settled ?? null) || !wanted(arrival)) continue;
      arrivals.push(arrival);
      count++;
    }
    if (arrivals.length >= 2 * most) arrivals = oldest(arrivals, most);
    state = textOf(message, 'SyncState');
    if (textOf(message, 'IncludesLastItemInRange') !== 'false') {
      arrivals = oldest(arrivals, most);
      return { arrivals, beyond: count - arrivals.length, until: state };
    }
  }
}

function oldest(arrivals: Arrival[], most: number): Arrival[] {
  return arrivals.sort((a, b) => (isAfter(rankOf(a), rankOf(b)) ? 1 : -1)).slice(0, most);
}

export function rankOf({ receivedAt, id }: Arrival): Rank {
  return [receivedAt, id];
}

function readArrival(item: XmlElement | undefined): Arrival | null {
  const id = find(item, 'ItemId')?.attributes.Id;
  return item && id && !noMessages.has(item.name) ? { id, ...readFacts(item) } : null;
}

/** When an item was received, or made where nobody received it; and its size. */
export function readFacts(item: XmlElement): { receivedAt: Instant; size: number } {
  const date = new Date(textOf(item, 'DateTimeReceived') || textOf(item, 'DateTimeCreated') || 0);
  return {
    receivedAt: (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString(),
    size: Number(textOf(item, 'Size')) || 0,
  };
}
