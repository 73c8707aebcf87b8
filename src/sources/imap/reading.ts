import { inPortions } from '../../concurrency/batches.ts';
import { type Instant, isBeforeStart } from '../../model/mail-server.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Entry, Explain, Fetched, NamedFolder, Portion, Reading } from '../protocol.ts';
import type { Cursor } from '../source.ts';
import type { ImapConnection } from './connection.ts';
import { createAdvance, type FolderPlace, isReadToEnd, openCursor, type Progress } from './cursor.ts';
import { fetchMessages, receivedAt } from './fetch.ts';
import { askState, type FolderState, openFolder, searchUids, toUidSet, uidsAtOnce } from './folder.ts';
import { resolveFolders } from './folder-names.ts';
import { type Facts, listEntries } from './present.ts';
import { uidsFell } from './problems.ts';
import { type AwaitArrival, watchFolder } from './watch.ts';

const dayMs = 24 * 3600 * 1000;
/** So many UIDs below the place reached are looked at time and again: some servers show a message late. */
const newestUids = 100;

export interface ReadingOptions {
  /** Folders with a message that the server cannot look into, as long as the source lives. */
  unreadable: Set<string>;
  maxMessageBytes: number;
  idleSeconds: number;
  log: Log;
}

/**
 * Reads a mailbox over one connection. The first folder is watched, so it is the one that is open after each look;
 * the others are opened where STATUS says that there may be something new in them.
 */
export class ImapReading implements Reading<NamedFolder> {
  readonly explain: Explain;
  readonly #connection: ImapConnection;
  readonly #options: ReadingOptions;
  readonly #progress: Progress;
  readonly #arrivalWithin: AwaitArrival;
  #watched: NamedFolder | null = null;
  #isWatchedRead = false;
  /** As the server told of folders when they were looked at last. */
  readonly #states = new Map<string, FolderState>();
  /** Moves the place in the folder at hand past a message. */
  #advance = (_uid: number) => {};

  constructor(connection: ImapConnection, cursor: Cursor | null, options: ReadingOptions) {
    this.explain = connection.explain;
    this.#connection = connection;
    this.#options = options;
    this.#progress = openCursor(cursor);
    this.#arrivalWithin = watchFolder(connection, options.idleSeconds);
  }

  async folders(): Promise<{ folders: NamedFolder[]; missing: Problem | null }> {
    const { names, missing } = await resolveFolders(this.#connection, this.#connection.server);
    const folders = names.map((name) => ({ name }));
    this.#watched = folders[0] ?? null;
    this.#isWatchedRead = false;
    return { folders: this.#watched && folders.length > 1 ? [...folders, this.#watched] : folders, missing };
  }

  async *list({ name }: NamedFolder): AsyncGenerator<Portion> {
    const isWatched = name === this.#watched?.name;
    if (isWatched ? this.#isWatchedRead && this.#isOpen(name) : await this.#hasNothingNew(name)) return;
    const before = this.#progress.placeOf(name);
    const { state, place, uids, upTo } = await findArrivals(this.#connection, name, this.#progress);
    const { validity } = state;
    this.#states.set(name, state);
    if (before !== null && before.validity !== validity)
      this.#options.log.info(
        { folder: name, validity },
        'The UIDs of the folder have changed: it is read again from its start',
      );
    let behind = uids.length;
    for (const portion of inPortions(uids, uidsAtOnce)) {
      this.#advance = createAdvance(place, portion);
      behind -= portion.length;
      const entries = portion.map((uid) => ({
        position: { folder: name, validity, uid: `${uid}` },
        size: null,
        receivedAt: null,
      }));
      yield { entries, behind };
    }
    place.last = Math.max(place.last, upTo);
    this.#isWatchedRead ||= isWatched;
  }

  async *present({ name }: NamedFolder, which: 'newest' | 'all' | 'any'): AsyncGenerator<Entry[]> {
    const state = await openFolder(this.#connection, name, { readOnly: true });
    if (state.messages === 0) return;
    const place = this.#progress.placeIn(name, state.validity);
    const highest = (state.uidNext ?? place.last + 1) - 1;
    // What lies behind the place is listed there, and advances it
    const upTo = which === 'any' ? Number.POSITIVE_INFINITY : place.last;
    const newest = Math.max(1, (which === 'any' ? highest : Math.min(place.last, highest)) - newestUids);
    const ranges = which === 'all' && newest > 1 ? [`${newest}:*`, `1:${newest - 1}`] : [`${newest}:*`];
    const facts = this.#factsFor(name, which);
    const folder = { folder: name, validity: state.validity };
    try {
      for (const range of ranges) yield* listEntries(this.#connection, folder, range, { upTo, facts });
    } finally {
      // One of them ends the connection: the next reading asks for less
      if (facts !== 'none' && !this.#connection.client.usable) this.#options.unreadable.add(name);
    }
    if (which === 'all') place.last = Math.min(place.last, Math.max(highest, 0));
  }

  /** What is to be asked of messages that are listed, where the server can look into all of them. */
  #factsFor(name: string, which: 'newest' | 'all' | 'any'): Facts {
    if (which === 'any' || this.#options.unreadable.has(name)) return 'none';
    return which === 'all' ? 'all' : 'date';
  }

  /** UIDNEXT may never fall (RFC 3501 2.3.1.1): who reads on from the last UID would miss what comes below it. */
  breach({ name }: NamedFolder): Problem | null {
    const place = this.#progress.placeOf(name);
    const state = this.#states.get(name);
    if (!place || state?.uidNext === undefined || state.validity !== place.validity) return null;
    return state.uidNext <= place.last
      ? uidsFell(this.#connection.server, name, place.last, state.uidNext)
      : null;
  }

  fetch(entries: readonly Entry[]): AsyncGenerator<Fetched> {
    return fetchMessages(this.#connection, entries, this.#options.maxMessageBytes);
  }

  advance({ position }: Entry): void {
    this.#advance(Number(position.uid));
  }

  cursor(): Cursor {
    return this.#progress.toCursor();
  }

  async wait(milliseconds: number): Promise<NamedFolder | null> {
    const arrived = await this.#arrivalWithin(milliseconds);
    this.#isWatchedRead = false;
    return arrived ? this.#watched : null;
  }

  async end(): Promise<void> {
    this.#connection.close();
  }

  #isOpen(name: string): boolean {
    const { mailbox } = this.#connection.client;
    return mailbox !== false && mailbox.path === name;
  }

  /** Where that can be told without opening the folder. */
  async #hasNothingNew(name: string): Promise<boolean> {
    const place = this.#progress.placeOf(name);
    const state = place && (await askState(this.#connection, name));
    return state !== null && place !== null && isReadToEnd(place, state);
  }
}

/** What there is to read in one folder. */
interface Arrivals {
  state: FolderState;
  place: FolderPlace;
  /** Ascending. Numbers only, so that 100,000 of them weigh less than one large message. */
  uids: number[];
  /** Highest UID that was looked at, also where nothing of it is to be read. */
  upTo: number;
}

/**
 * Looks at a folder anew (EXAMINE gives a fresh view, whatever IDLE told) and finds what lies after the place
 * reached in it. Leaves the folder open.
 */
async function findArrivals(
  connection: ImapConnection,
  folder: string,
  progress: Progress,
): Promise<Arrivals> {
  const { startFrom } = connection.server;
  const state = await openFolder(connection, folder, { readOnly: true });
  const { validity } = state;
  const place = progress.placeIn(folder, validity);
  if (state.messages === 0 || isReadToEnd(place, state))
    return { state, place, uids: place.open, upTo: place.last };

  const after = `${place.last + 1}:*`;
  // `*` is the highest UID even where it lies before the range (RFC 3501 9), so an old message may answer
  const present = (await searchUids(connection, { uid: after })).filter((uid) => uid > place.last);
  const upTo = present.at(-1) ?? place.last;
  const wanted =
    startFrom === null || present.length === 0 ? present : await leaveOut(startFrom, after, upTo);
  return { state, place, uids: [...place.open, ...wanted], upTo };

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
      if (isBeforeStart(connection.server, receivedAt(row) ?? Number.NaN)) before.add(row.uid);
    }
  }
  return before;
}

function daysFrom(instant: Instant, days: number): Date {
  return new Date(Date.parse(instant) + days * dayMs);
}
