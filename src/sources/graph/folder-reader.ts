import type { Instant } from '../../model/mail-server.ts';
import type { Position } from '../../model/message.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import { givenUp, stopped, tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent, SourceParts } from '../source.ts';
import type { Trials } from '../trials.ts';
import type { GraphClient } from './client.ts';
import { isOwn } from './collection.ts';
import type { Progress } from './cursor.ts';
import { beginRound, completeRound, type Round, startOf } from './delta.ts';
import { type Download, download, tries } from './download.ts';
import { explain } from './explain.ts';
import type { Folder } from './folders.ts';
import { streamMessage } from './large-message.ts';
import { findReceived } from './message.ts';
import { readAhead } from './read-ahead.ts';

/** What the reading of a mailbox needs, and how far it is. */
export interface Reading {
  client: GraphClient;
  progress: Progress;
  /** Rounds begun and not finished, by the folder's name: they outlive the reading that began them. */
  rounds: Map<string, Round>;
  trials: Trials;
  known: NonNullable<SourceParts['known']>;
  log: Log;
  maxMessageBytes: number;
  signal: AbortSignal;
}

type Given = Extract<Download, { kind: 'given' }>;
/** One message of a round: given up, left out, or how asking for it ended. */
type Fetched = Download | { kind: 'given-up'; reason: Problem } | { kind: 'too-old' };

/** Messages under way at once; the fourth request that Outlook serves is left to acknowledgements. */
const ahead = 3;
/** The store is asked about so many at once. */
const portionSize = 200;

/**
 * Yields what came into a folder since the round before, oldest first. The place moves on when the round is over:
 * what is repeated of a round that was broken off is known by then. Throws a Problem when the server is out of
 * reach or a large message could not be read to its end.
 */
export async function* readFolder(reading: Reading, folder: Folder): AsyncGenerator<SourceEvent> {
  const { client, progress, rounds, trials, known, log, maxMessageBytes, signal } = reading;
  const { server } = client;
  const place = progress.placeIn(folder.name, folder.id);
  const positionOf = (uid: string): Position => ({ folder: folder.name, validity: '', uid });
  const nameOf = (uid: string) => `${folder.name}/${uid}`;

  const round = currentRound();
  await completeRound(client, folder, round, {
    startFrom: server.startFrom,
    signal,
    onLost: () =>
      log.info(
        { folder: folder.name },
        'Graph has forgotten what was read of a folder: it is looked at anew',
      ),
  });
  const uids = [...round.messages]
    .sort(([, a], [, b]) => (Number.isNaN(a) ? -1 : a) - (Number.isNaN(b) ? -1 : b))
    .map(([uid]) => uid);
  let remaining = uids.length;
  let failure: Problem | null = null;

  for (let from = 0; from < uids.length; from += portionSize) {
    const portion = uids.slice(from, from + portionSize);
    // Also told of are messages that were read, flagged or moved here and back: those are here already
    const here = await known({ folder: folder.name, validity: '' }, portion);
    const wanted = portion.filter((uid) => !here.has(uid));
    remaining -= portion.length - wanted.length;
    for await (const [uid, fetched] of readAhead(wanted, fetch, ahead)) {
      remaining--;
      yield* eventsOf(uid, fetched);
    }
  }
  place.deltaLink = round.deltaLink;
  rounds.delete(folder.name);

  /** The round that is under way, if it is still about the same. */
  function currentRound(): Round {
    const link = place.deltaLink;
    // A link of another host is from before the server's settings were changed
    const from = link !== null && isOwn(client, link) ? link : null;
    const begun = rounds.get(folder.name);
    if (begun?.folderId === folder.id && begun.from === from) return begun;
    const fresh = beginRound(client, folder, from);
    rounds.set(folder.name, fresh);
    return fresh;
  }

  async function fetch(uid: string): Promise<Fetched> {
    const reason = trials.givenUp(nameOf(uid));
    if (reason) return { kind: 'given-up', reason };
    if (Number.isNaN(round.messages.get(uid))) {
      const received = await findReceived(client, uid, signal);
      if (received === null) return { kind: 'gone' };
      if (received < startOf(server.startFrom)) return { kind: 'too-old' };
      round.messages.set(uid, received);
    }
    return download(client, uid, maxMessageBytes, signal);
  }

  async function* eventsOf(uid: string, fetched: Fetched): AsyncGenerator<SourceEvent> {
    switch (fetched.kind) {
      case 'given':
        if (fetched.rest === null) yield messageEvent(uid, fetched, only(fetched.bytes));
        else yield* largeMessage(uid, fetched);
        return;
      case 'refused':
        yield unreadableEvent(uid, unreadable(server, positionOf(uid), tries, fetched.said));
        return;
      case 'too-large':
        yield unreadableEvent(uid, tooLarge(server, positionOf(uid), fetched.size, maxMessageBytes));
        return;
      case 'given-up':
        yield unreadableEvent(uid, givenUp(server, positionOf(uid), fetched.reason));
    }
  }

  async function* largeMessage(uid: string, begun: Given): AsyncGenerator<SourceEvent> {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      try {
        yield* streamMessage(client, positionOf(uid), begun, maxMessageBytes, signal);
      } catch (error) {
        const problem = signal.aborted ? stopped(server) : explain(error, server, 'give a message');
        if (!signal.aborted && problem.kind !== 'throttled') trials.stoppedAt(nameOf(uid), problem);
        // Reading on does help, even if this message stays behind
        failure = problem.retriable();
        throw failure;
      }
    }
    yield messageEvent(uid, begun, pieces());
    // Whoever goes on after this would come to a place that covers what was not read
    if (failure) throw failure;
  }

  function receivedAt(uid: string): Instant | null {
    const received = round.messages.get(uid) ?? Number.NaN;
    return Number.isNaN(received) ? null : new Date(received).toISOString();
  }

  function messageEvent(uid: string, { bytes, size }: Given, raw: AsyncIterable<Uint8Array>): SourceEvent {
    return {
      kind: 'message',
      position: positionOf(uid),
      receivedAt: receivedAt(uid) ?? new Date().toISOString(),
      size: Math.max(size, bytes.length),
      raw,
      cursor: progress.toCursor(),
      remaining,
    };
  }

  function unreadableEvent(uid: string, problem: Problem): SourceEvent {
    return {
      kind: 'unreadable',
      position: positionOf(uid),
      receivedAt: receivedAt(uid),
      problem,
      cursor: progress.toCursor(),
    };
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
