import { type Instant, isBeforeStart } from '../../model/mail-server.ts';
import { XmlError } from '../../network/xml.ts';
import { find, textOf, type XmlElement } from '../../network/xml-element.ts';
import { Paging } from '../paging.ts';
import type { EwsClient } from './client.ts';
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
  /** How many more there are: they are to be listed again when these are read. */
  beyond: number;
  /** The sync state up to which was looked; null where the server leads on without an end. */
  until: string | null;
}

/** Items of other kinds lie in mail folders at times; they are no messages, and have no MIME. */
const noMessages = new Set(['CalendarItem', 'Contact', 'DistributionList', 'Task']);

/**
 * What was created in a folder since a sync state, of that only what is `wanted`. All of it is looked at, as Exchange
 * begins with the newest (Mailbox synchronization and EWS in Exchange); only the `most` oldest are held, however large
 * the folder. Throws the Refusal of a lost sync state.
 */
export async function listArrivals(
  client: EwsClient,
  folder: Folder,
  since: string | null,
  wanted: (arrivals: Arrival[]) => Promise<Arrival[]>,
  most: number,
  signal: AbortSignal,
): Promise<Listing> {
  let arrivals: Arrival[] = [];
  let count = 0;
  const paging = new Paging(since);
  for (let state = since; ; ) {
    const { message } = await client.askOne(syncFolderItems(folder.id, state), signal);
    const changes = find(message, 'Changes')?.children ?? [];
    const created = changes
      .filter(({ name }) => name === 'Create')
      .map(({ children }) => readArrival(children[0]));
    const added = await wanted(created.filter((arrival) => arrival !== null));
    arrivals.push(...added);
    count += added.length;
    if (arrivals.length >= 2 * most) arrivals = oldest(arrivals, most);
    state = textOf(message, 'SyncState');
    const isLast = textOf(message, 'IncludesLastItemInRange') !== 'false';
    if (isLast || !(await goesOn(paging, changes, state, signal))) {
      arrivals = oldest(arrivals, most);
      return { arrivals, beyond: count - arrivals.length, until: isLast ? state : null };
    }
  }
}

/** Whether changes that are told again and again are progress no more. */
function goesOn(paging: Paging, changes: XmlElement[], state: string, signal: AbortSignal): Promise<boolean> {
  paging.fresh(changes, ({ name, children }) => {
    const id = find(children[0], 'ItemId') ?? children[0];
    return `${name} ${id?.attributes.Id}`;
  });
  return paging.goesOn(state, signal);
}

/** All that lies in a folder, the newest first as Exchange lists it, page by page; only what was received since the start. */
export async function* listAll(
  client: EwsClient,
  folder: Folder,
  signal: AbortSignal,
): AsyncGenerator<Arrival[]> {
  const paging = new Paging(null);
  for (let state: string | null = null; ; ) {
    const { message } = await client.askOne(syncFolderItems(folder.id, state), signal);
    const changes = find(message, 'Changes')?.children ?? [];
    const arrivals = changes.map(({ children }) => readArrival(children[0]));
    yield arrivals.filter(
      (arrival) => arrival !== null && !isBeforeStart(client.server, arrival.receivedAt),
    ) as Arrival[];
    state = textOf(message, 'SyncState');
    if (textOf(message, 'IncludesLastItemInRange') !== 'false') return;
    if (!(await goesOn(paging, changes, state, signal)))
      throw new XmlError('pages of changes without an end');
  }
}

function oldest(arrivals: Arrival[], most: number): Arrival[] {
  return arrivals.sort((a, b) => (isLater(a, b) ? 1 : -1)).slice(0, most);
}

/** Exchange tells whole seconds; within one the id decides, so that the order is always the same. */
export function isLater(one: Arrival, other: Arrival): boolean {
  return one.receivedAt === other.receivedAt ? one.id > other.id : one.receivedAt > other.receivedAt;
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
