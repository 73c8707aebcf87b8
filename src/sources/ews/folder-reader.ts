import type { MailServer } from '../../model/mail-server.ts';
import type { Position } from '../../model/message.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import { givenUp, stopped, tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent, SourceParts } from '../source.ts';
import type { Trials } from '../trials.ts';
import type { EwsClient } from './client.ts';
import type { Progress } from './cursor.ts';
import { explain } from './explain.ts';
import { type Fetched, fetchMessages, tries } from './fetch.ts';
import type { Folder } from './folders.ts';
import { type Arrival, isLater, type Listing, listArrivals } from './listing.ts';
import { Refusal } from './refusal.ts';

/** What the reading of a mailbox needs, and how far it is. */
export interface Reading {
  server: MailServer;
  client: EwsClient;
  progress: Progress;
  trials: Trials;
  known: NonNullable<SourceParts['known']>;
  log: Log;
  maxMessageBytes: number;
  /** What is still to be said to the server when the reading ends; closing waits for it. */
  partings: Set<Promise<void>>;
  /** So many messages at most are held in mind, not read yet. */
  mostListed: number;
  signal: AbortSignal;
}

type Given = Extract<Fetched, { kind: 'given' }>;

/**
 * Yields what came into a folder since the sync state reached in it, oldest first. The state moves on when all of it
 * was yielded; what is listed again of a reading that was broken off is known by then. Throws a Problem when the
 * connection breaks, or when a large message could not be read to its end.
 */
export async function* readFolder(reading: Reading, folder: Folder): AsyncGenerator<SourceEvent> {
  const { progress, server, client, known, mostListed, signal, log } = reading;
  let after: Arrival | null = null;
  let until: string | null = null;
  for (;;) {
    const listing = await list();
    until ??= listing.until;
    yield* readArrivals(reading, folder, listing);
    if (listing.beyond > 0) {
      after = listing.arrivals.at(-1) ?? null;
      continue;
    }
    progress.reach(folder.name, until);
    if (after === null) return;
    // It was listed several times: what came meanwhile lies behind the first of them
    after = null;
    until = null;
  }

  async function list(): Promise<Listing> {
    const state = progress.stateOf(folder.name);
    try {
      return await listArrivals(client, folder, state, wanted, mostListed, signal);
    } catch (error) {
      const isLost = error instanceof Refusal && error.code === 'ErrorInvalidSyncStateData';
      if (!isLost || state === null) throw explain(error, server, 'list the folder', folder.name);
      log.info({ folder: folder.name }, 'The sync state of the folder is lost: it is looked at anew');
      progress.reach(folder.name, null);
      return list();
    }
  }

  async function wanted(arrivals: Arrival[]): Promise<Arrival[]> {
    const { startFrom } = server;
    const due = arrivals.filter(
      (arrival) =>
        (startFrom === null || arrival.receivedAt >= startFrom) &&
        (after === null || isLater(arrival, after)),
    );
    if (due.length === 0) return due;
    const here = await known(
      { folder: folder.name, validity: '' },
      due.map(({ id }) => id),
    );
    return due.filter(({ id }) => !here.has(id));
  }
}

type MessageOrUnreadable = Exclude<SourceEvent, { kind: 'caught-up' }>;

async function* readArrivals(
  { server, client, progress, trials, maxMessageBytes, signal }: Reading,
  folder: Folder,
  { arrivals, beyond }: Listing,
): AsyncGenerator<MessageOrUnreadable> {
  const positionOf = ({ id }: Arrival): Position => ({ folder: folder.name, validity: '', uid: id });
  const options = { maxMessageBytes, isSuspect: ({ id }: Arrival) => trials.isSuspect(id) };
  let remaining = arrivals.length + beyond;
  let failure: Problem | null = null;
  let current: Arrival | null = null;

  const at = arrivals.findIndex(({ id }) => trials.givenUp(id) !== null);
  const hopeless = arrivals[at];
  if (!hopeless) return yield* readAll(arrivals);
  yield* readAll(arrivals.slice(0, at));
  remaining--;
  yield unreadableEvent(hopeless, reasonOf(hopeless));
  yield* readAll(arrivals.slice(at + 1));

  async function* readAll(waiting: readonly Arrival[]): AsyncGenerator<MessageOrUnreadable> {
    let next = waiting[0];
    try {
      let done = 0;
      for await (const fetched of fetchMessages(client, waiting, options, signal)) {
        if (signal.aborted) throw stopped(server);
        next = waiting[++done];
        remaining--;
        yield* eventsOf(fetched);
      }
    } catch (error) {
      const problem = explain(error, server, 'give messages', folder.name);
      if (problem !== failure) blame(next, problem);
      throw problem;
    }
  }

  function reasonOf(arrival: Arrival): Problem {
    return givenUp(server, positionOf(arrival), trials.givenUp(arrival.id) as Problem);
  }

  async function* eventsOf(fetched: Fetched): AsyncGenerator<MessageOrUnreadable> {
    const { arrival } = fetched;
    switch (fetched.kind) {
      case 'gone':
        return;
      case 'refused':
        yield unreadableEvent(arrival, unreadable(server, positionOf(arrival), tries, fetched.said));
        return;
      case 'too-large':
        yield unreadableEvent(arrival, tooLarge(server, positionOf(arrival), arrival.size, maxMessageBytes));
        return;
      case 'given':
        current = arrival;
        yield messageEvent(fetched);
        current = null;
        // Whoever goes on after a failure would store a cursor that covers what was not read
        if (failure) throw failure;
    }
  }

  function messageEvent(given: Given): MessageOrUnreadable {
    const { arrival, first, rest } = given;
    return {
      kind: 'message',
      position: positionOf(arrival),
      receivedAt: arrival.receivedAt,
      size: rest ? Math.max(arrival.size, first.length) : first.length,
      raw: pieces(given),
      cursor: progress.toCursor(),
      remaining,
    };
  }

  async function* pieces({ arrival, first, rest }: Given): AsyncGenerator<Uint8Array> {
    yield first;
    let size = first.length;
    try {
      while (rest) {
        // Whoever went on to the next message gets no half as the whole
        if (current !== arrival) throw stopped(server);
        const piece = await rest();
        if (!piece) return;
        size += piece.length;
        if (size > maxMessageBytes) throw tooLarge(server, positionOf(arrival), size, maxMessageBytes);
        yield piece;
      }
    } catch (error) {
      const problem = signal.aborted ? stopped(server) : explain(error, server, 'give a message');
      blame(arrival, problem);
      // Reading on does help, even if this message stays behind
      failure = problem.retriable();
      throw failure;
    }
  }

  function blame(arrival: Arrival | undefined, problem: Problem): void {
    const isInnocent = !arrival || signal.aborted || problem.kind === 'throttled';
    if (!isInnocent) trials.stoppedAt(arrival.id, problem);
  }

  function unreadableEvent(arrival: Arrival, problem: Problem): MessageOrUnreadable {
    const { receivedAt } = arrival;
    return {
      kind: 'unreadable',
      position: positionOf(arrival),
      receivedAt,
      problem,
      cursor: progress.toCursor(),
    };
  }
}
