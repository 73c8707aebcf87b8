import { setTimeout as pause } from 'node:timers/promises';
import type { Problem } from '../../model/problem.ts';
import { givenUp, tooLarge } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import { letsNothingStay, showAsRead } from './expire.ts';
import { listSizes } from './listing.ts';
import { type Reading, readMessage } from './message.ts';
import { positionOf } from './unread.ts';

/** A session stays open so long after reading: what is stored meanwhile and to be deleted at once is deleted in it. */
const lingerMs = 2_000;

/**
 * Reads what is new, `caught-up`, and with `watch` again and again: POP3 cannot tell of new mail, so it is looked
 * for every `reconcileSeconds`, or as seldom as the server wants (RFC 2449 6.5). Throws a Problem.
 */
export async function* readMaildrop(reading: Reading, watch: boolean): AsyncGenerator<SourceEvent> {
  const { maildrop, progress, options, signal } = reading;
  for (;;) {
    let count = 0;
    // A session sees only what lay there when it began
    await maildrop.ended();
    maildrop.beginReading();
    try {
      for await (const event of look(reading)) {
        count++;
        yield event;
      }
    } finally {
      maildrop.endReading(watch && count > 0 ? lingerMs : 0);
    }
    yield { kind: 'caught-up', cursor: progress.toCursor() };
    if (!watch) return maildrop.ended();
    const restMs = Math.max(options.reconcileSeconds * 1000, maildrop.loginDelayMs);
    await pause(restMs, undefined, { signal });
  }
}

async function* look(reading: Reading): AsyncGenerator<SourceEvent> {
  const { server, trials, options, progress } = reading;
  const found = await findUnread(reading);
  let remaining = found.length;
  for (const { uid, size } of found) {
    remaining--;
    const reason = trials.givenUp(uid);
    if (reason) {
      yield unreadableEvent(uid, givenUp(server, positionOf(uid), reason));
    } else if (size > options.maxMessageBytes) {
      yield unreadableEvent(uid, tooLarge(server, positionOf(uid), size, options.maxMessageBytes));
    } else {
      yield* readMessage(reading, { uid, size, remaining });
    }
  }

  function unreadableEvent(uid: string, problem: Problem): SourceEvent {
    progress.settle(uid);
    const cursor = progress.toCursor();
    return { kind: 'unreadable', position: positionOf(uid), receivedAt: null, problem, cursor };
  }
}

async function findUnread(reading: Reading): Promise<{ uid: string; size: number }[]> {
  const { server, maildrop, unread, signal } = reading;
  const { session, leave } = await maildrop.enter(signal);
  try {
    const { listing, connection } = session;
    const uids = await unread.find(listing);
    if (letsNothingStay(session, server)) await showAsRead(session, unread.listedAgain());
    if (uids.length === 0) return [];
    const sizes = await listSizes(connection);
    return uids.map((uid) => ({ uid, size: sizes.get(listing.numbers.get(uid) ?? 0) ?? 0 }));
  } catch (error) {
    throw session.explain(error, 'list the messages');
  } finally {
    leave();
  }
}
