import type { MailServer } from '../../model/mail-server.ts';
import type { Position } from '../../model/message.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import { givenUp, stopped, tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import type { Trials } from '../trials.ts';
import { findArrivals } from './arrivals.ts';
import type { ImapConnection } from './connection.ts';
import { beginSettling, type Progress } from './cursor.ts';
import { type Fetched, fetchMessages, tries } from './fetch.ts';
import { streamMessage } from './large-message.ts';
import { inPortions } from './uid-set.ts';

/** What the reading of a mailbox needs, and how far it is. */
export interface Reading {
  server: MailServer;
  connection: ImapConnection;
  progress: Progress;
  trials: Trials;
  log: Log;
  maxMessageBytes: number;
  signal: AbortSignal;
}

type Given = Extract<Fetched, { kind: 'given' }>;

/**
 * Yields what came into a folder since the place reached in it, ascending by UID; only messages that the
 * server left out at first come after their neighbours. Throws a Problem when the connection breaks, or when
 * a large message could not be read to its end: it is read again from there.
 */
export async function* readFolder(reading: Reading, folder: string): AsyncGenerator<SourceEvent> {
  const { connection, server, progress, trials, signal, maxMessageBytes, log } = reading;
  const validityBefore = progress.placeOf(folder)?.validity ?? null;
  const { validity, place, uids, upTo } = await findArrivals(connection, folder, progress, server.startFrom);
  const positionOf = (uid: number): Position => ({ folder, validity, uid: `${uid}` });
  const nameOf = (uid: number) => `${folder}/${validity}/${uid}`;
  if (validityBefore !== null && validityBefore !== validity) {
    log.info({ folder, validity }, 'The UIDs of the folder have changed: it is read again from its start');
  }
  let remaining = uids.length;
  let failure: Problem | null = null;

  for (const portion of portionsOf(uids)) {
    const settlement = beginSettling(place, portion);
    const settle = (uid: number) => {
      remaining--;
      settlement.settle(uid);
    };
    for (const uid of portion) {
      const reason = trials.givenUp(nameOf(uid));
      if (!reason) continue;
      settle(uid);
      yield unreadableEvent(uid, null, givenUp(server, positionOf(uid), reason));
    }
    try {
      for await (const fetched of fetchMessages(connection, settlement.waiting(), maxMessageBytes)) {
        settle(fetched.uid);
        yield* eventsOf(fetched);
      }
    } catch (error) {
      const problem = connection.explain(error, 'give messages');
      if (problem !== failure) blame(settlement.waiting()[0], problem);
      throw problem;
    }
  }
  place.last = Math.max(place.last, upTo);

  async function* eventsOf(fetched: Fetched): AsyncGenerator<SourceEvent> {
    const { uid, kind } = fetched;
    if (kind === 'refused') {
      yield unreadableEvent(
        uid,
        fetched.receivedAt,
        unreadable(server, positionOf(uid), tries, fetched.said),
      );
    } else if (kind === 'too-large') {
      const problem = tooLarge(server, positionOf(uid), fetched.size, maxMessageBytes);
      yield unreadableEvent(uid, fetched.receivedAt, problem);
    } else if (kind === 'given' && !isTooOld(fetched)) {
      if (fetched.whole) yield messageEvent(fetched, only(fetched.bytes));
      else yield* largeMessage(fetched);
    }
  }

  function* portionsOf(ascending: number[]): Generator<number[]> {
    const [first, ...others] = ascending;
    if (first === undefined || !trials.isSuspect(nameOf(first))) return yield* inPortions(ascending);
    yield [first];
    yield* inPortions(others);
  }

  function isTooOld({ receivedAt }: Given): boolean {
    return server.startFrom !== null && receivedAt < server.startFrom;
  }

  async function* largeMessage(begun: Given): AsyncGenerator<SourceEvent> {
    let isCurrent = true;
    async function* pieces(): AsyncGenerator<Uint8Array> {
      try {
        yield* streamMessage(connection, positionOf(begun.uid), begun, maxMessageBytes, () => isCurrent);
      } catch (error) {
        const problem = signal.aborted ? stopped(server) : connection.explain(error, 'give a message');
        blame(begun.uid, problem);
        // Reading on does help, even if this message stays behind
        failure = problem.retriable();
        throw failure;
      }
    }
    yield messageEvent(begun, pieces());
    isCurrent = false;
    // Whoever goes on after this would store a cursor that covers what was not read
    if (failure) throw failure;
  }

  function blame(uid: number | undefined, problem: Problem): void {
    const isInnocent = uid === undefined || signal.aborted || problem.kind === 'throttled';
    if (!isInnocent) trials.stoppedAt(nameOf(uid), problem);
  }

  function messageEvent({ uid, receivedAt, size }: Given, raw: AsyncIterable<Uint8Array>): SourceEvent {
    return {
      kind: 'message',
      position: positionOf(uid),
      receivedAt,
      size,
      raw,
      cursor: progress.toCursor(),
      remaining,
    };
  }

  function unreadableEvent(uid: number, receivedAt: string | null, problem: Problem): SourceEvent {
    return {
      kind: 'unreadable',
      position: positionOf(uid),
      receivedAt,
      problem,
      cursor: progress.toCursor(),
    };
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
