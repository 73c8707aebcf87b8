import type { MailServer } from '../../model/mail-server.ts';
import type { Position } from '../../model/message.ts';
import { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import { givenUp, stopped, tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import { maxStops, type Trials } from '../trials.ts';
import type { EwsClient } from './client.ts';
import { type FolderPlace, isAfter, type Progress } from './cursor.ts';
import { explain } from './explain.ts';
import { type Fetched, fetchMessages, tries } from './fetch.ts';
import type { Folder } from './folders.ts';
import { type Arrival, type Listing, listArrivals, mostHeld, rankOf } from './listing.ts';
import { Refusal } from './refusal.ts';

/** What the reading of a mailbox needs, and how far it is. */
export interface Reading {
  server: MailServer;
  client: EwsClient;
  progress: Progress;
  trials: Trials;
  log: Log;
  maxMessageBytes: number;
  signal: AbortSignal;
}

type Given = Extract<Fetched, { kind: 'given' }>;

/**
 * Yields what came into a folder since the place reached in it, oldest first. Throws a Problem when the connection
 * breaks, or when a large message could not be read to its end: it is read again from there.
 */
export async function* readFolder(reading: Reading, folder: Folder): AsyncGenerator<SourceEvent> {
  const { progress, server, signal, client, log } = reading;
  const place = progress.placeIn(folder.name);
  /** Read in a round that was listed anew: what came meanwhile is listed once more, from where the round ends. */
  const read = new Set<string>();
  const isWanted = ({ id, receivedAt }: Arrival) =>
    (server.startFrom === null || receivedAt >= server.startFrom) && !read.has(id);

  for (let again = true; again; ) {
    const isAnew = place.round !== null;
    const { arrivals, beyond, until } = await list();
    place.round ??= { until, settled: null };
    for await (const event of readArrivals(reading, folder, place, arrivals, beyond)) {
      // What is forgotten here is known to the store
      if (read.size >= mostHeld) read.clear();
      if (isAnew) read.add(event.position.uid);
      yield event;
    }
    if (beyond > 0) continue;
    place.state = place.round.until;
    place.round = null;
    again = isAnew;
  }

  async function list(): Promise<Listing> {
    try {
      return await listArrivals(client, folder, place, isWanted, signal);
    } catch (error) {
      const isLost = error instanceof Refusal && error.code === 'ErrorInvalidSyncStateData';
      if (!isLost || place.state === null) throw explain(error, server, 'list the folder', folder.name);
      log.info(
        { folder: folder.name },
        'The sync state of the folder is lost: it is read again from its start',
      );
      place.state = null;
      place.round = null;
      return list();
    }
  }
}

type MessageOrUnreadable = Exclude<SourceEvent, { kind: 'caught-up' }>;

/** The messages of a round, and after each the place moved past it. */
async function* readArrivals(
  { server, client, progress, trials, maxMessageBytes, signal }: Reading,
  folder: Folder,
  place: FolderPlace,
  arrivals: readonly Arrival[],
  beyond: number,
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
  const reason = trials.givenUp(hopeless.id) as Problem;
  const isAboutMessage = reason.code.startsWith('message.');
  settle(hopeless);
  yield unreadableEvent(
    hopeless,
    isAboutMessage ? reason : givenUp(server, positionOf(hopeless), maxStops, reason),
  );
  yield* readAll(arrivals.slice(at + 1));

  async function* readAll(waiting: readonly Arrival[]): AsyncGenerator<MessageOrUnreadable> {
    let next = waiting[0];
    try {
      let done = 0;
      for await (const fetched of fetchMessages(client, waiting, options, signal)) {
        if (signal.aborted) throw stopped(server);
        next = waiting[++done];
        settle(fetched.arrival);
        yield* eventsOf(fetched);
      }
    } catch (error) {
      const problem = explain(error, server, 'give messages', folder.name);
      if (problem !== failure) blame(next, problem);
      throw problem;
    }
  }

  function settle(arrival: Arrival): void {
    remaining--;
    const rank = rankOf(arrival);
    if (place.round && isAfter(rank, place.round.settled)) place.round.settled = rank;
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
      failure =
        problem.retry === 'no' ? new Problem({ ...problem.toJSON(), retry: 'later' }, error) : problem;
      throw failure;
    }
  }

  function blame(arrival: Arrival | undefined, problem: Problem): void {
    const isInnocent = !arrival || signal.aborted || problem.code === 'ews.throttled';
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
