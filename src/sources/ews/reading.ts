import { inPortions } from '../../concurrency/batches.ts';
import { isBeforeStart } from '../../model/mail-server.ts';
import type { Problem } from '../../model/problem.ts';
import { XmlError } from '../../network/xml.ts';
import type { Log } from '../../telemetry/log.ts';
import { readFolderCursor, writeFolderCursor } from '../folder-cursor.ts';
import { folderMissing } from '../folder-problems.ts';
import type { Entry, Fetched, Portion, Reading } from '../protocol.ts';
import type { Cursor, SourceParts } from '../source.ts';
import type { EwsClient } from './client.ts';
import { explain } from './explain.ts';
import { fetchMessages } from './fetch.ts';
import { type Folder, resolveFolders } from './folders.ts';
import { type Arrival, isLater, type Listing, listAll, listArrivals } from './listing.ts';
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
export class EwsReading implements Reading<Folder> {
  readonly #parts: ReadingParts;
  readonly #signal: AbortSignal;
  readonly #ending = new AbortController();
  /** The sync states up to which folders were read. Exchange's own, some hundred characters or thousands. */
  readonly #states: Map<string, string>;
  #watched: Folder | null = null;
  #watch: Watch | null = null;

  constructor(parts: ReadingParts, cursor: Cursor | null, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#states = readFolderCursor(cursor, (value) => (typeof value === 'string' ? value : null));
  }

  async folders(): Promise<{ folders: Folder[]; missing: Problem | null }> {
    const { server } = this.#parts.client;
    try {
      const { client } = this.#parts;
      const { folders, missing, isEndless } = await resolveFolders(client, server.folders, this.#signal);
      const names = new Set([...folders.map(({ name }) => name), ...missing]);
      for (const name of this.#states.keys()) if (!names.has(name)) this.#states.delete(name);
      this.#watched = folders[0] ?? null;
      if (isEndless)
        return { folders, missing: explain(new XmlError('a list of folders without an end'), server) };
      const [absent = folders.length === 0 ? server.folders.join(', ') : null] = missing;
      return { folders, missing: absent === null ? null : folderMissing(server, absent) };
    } catch (error) {
      throw explain(error, server, 'list the folders', 'INBOX');
    }
  }

  async *list(folder: Folder): AsyncGenerator<Portion> {
    let after: Arrival | null = null;
    let until: string | null = null;
    for (;;) {
      const listing = await this.#listAfter(folder, after);
      until ??= listing.until;
      yield* portionsOf(folder, listing);
      if (listing.beyond > 0) {
        after = listing.arrivals.at(-1) ?? null;
        continue;
      }
      if (until === null) throw new XmlError('pages of changes without an end');
      // What is listed again of a reading that was broken off is known by then
      this.#states.set(folder.name, until);
      if (after === null) return;
      // It was listed several times: what came meanwhile lies behind the first of them
      after = null;
      until = null;
    }
  }

  async *present(folder: Folder, which: 'newest' | 'all' | 'any'): AsyncGenerator<readonly Entry[]> {
    for await (const arrivals of listAll(this.#parts.client, folder, this.#signal)) {
      yield arrivals.map((arrival) => entryOf(folder.name, arrival));
      if (which !== 'all') return;
    }
  }

  fetch(entries: readonly Entry[]): AsyncGenerator<Fetched> {
    return fetchMessages(this.#parts.client, entries, this.#signal);
  }

  cursor(): Cursor {
    return writeFolderCursor(this.#states);
  }

  async wait(milliseconds: number): Promise<Folder | null> {
    this.#watch ??= this.#beginWatch(this.#watched as Folder);
    return (await this.#watch.arrivalWithin(milliseconds)) ? this.#watch.folder : null;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    if (!this.#watch) return;
    await this.#watch.ended;
    this.#parts.watches.delete(this.#watch);
  }

  #beginWatch(folder: Folder): Watch {
    const { client, options, log, watches } = this.#parts;
    const signal = AbortSignal.any([this.#signal, this.#ending.signal]);
    const watch = new Watch(client, folder, { ...options, log }, signal);
    watches.add(watch);
    return watch;
  }

  async #listAfter(folder: Folder, after: Arrival | null): Promise<Listing> {
    const { client, mostListed, log } = this.#parts;
    const state = this.#states.get(folder.name) ?? null;
    const wanted = (arrivals: Arrival[]) => this.#wanted(folder, arrivals, after);
    try {
      return await listArrivals(client, folder, state, wanted, mostListed, this.#signal);
    } catch (error) {
      const isLost = error instanceof Refusal && error.code === 'ErrorInvalidSyncStateData';
      if (!isLost || state === null) throw error;
      log.info({ folder: folder.name }, 'The sync state of the folder is lost: it is looked at anew');
      this.#states.delete(folder.name);
      return this.#listAfter(folder, after);
    }
  }

  /** What is to be read of what a folder lists. */
  async #wanted({ name }: Folder, arrivals: Arrival[], after: Arrival | null): Promise<Arrival[]> {
    const { client, known } = this.#parts;
    const due = arrivals.filter(
      (arrival) =>
        !isBeforeStart(client.server, arrival.receivedAt) && (after === null || isLater(arrival, after)),
    );
    if (due.length === 0) return due;
    const uids = due.map(({ id }) => id);
    const here = await known({ folder: name, validity: '' }, uids);
    return due.filter(({ id }) => !here.has(id));
  }
}

function* portionsOf({ name }: Folder, { arrivals, beyond }: Listing): Generator<Portion> {
  let behind = arrivals.length + beyond;
  for (const portion of inPortions(arrivals, portionSize)) {
    behind -= portion.length;
    yield { entries: portion.map((arrival) => entryOf(name, arrival)), behind };
  }
}

function entryOf(folder: string, { id, receivedAt, size }: Arrival): Entry {
  return { position: { folder, validity: '', uid: id }, receivedAt, size };
}
