import { inPortions } from '../../concurrency/batches.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Entry, Explain, Fetched, NamedFolder, Portion, Reading } from '../protocol.ts';
import type { Cursor } from '../source.ts';
import { findArrivals } from './arrivals.ts';
import type { ImapConnection } from './connection.ts';
import { createAdvance, isReadToEnd, openCursor, type Progress } from './cursor.ts';
import { fetchMessages } from './fetch.ts';
import { askState, uidsAtOnce } from './folder.ts';
import { resolveFolders } from './folder-names.ts';
import { type AwaitArrival, watchFolder } from './watch.ts';

export interface ReadingOptions {
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
    const { validity, place, uids, upTo } = await findArrivals(this.#connection, name, this.#progress);
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
