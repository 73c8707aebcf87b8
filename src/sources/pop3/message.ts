import type { Config } from '../../config/config.ts';
import type { Instant, MailServer } from '../../model/mail-server.ts';
import type { Problem, ProblemKind } from '../../model/problem.ts';
import { tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import type { Trials } from '../trials.ts';
import type { Progress } from './cursor.ts';
import { type Fetched, readHeader, retrieve, tries } from './fetch.ts';
import type { Maildrop, Turn } from './maildrop.ts';
import { receivedAt } from './received.ts';
import { positionOf, type Unread } from './unread.ts';

/** What the reading of a maildrop needs, and how far it is. */
export interface Reading {
  server: MailServer;
  maildrop: Maildrop;
  progress: Progress;
  unread: Unread;
  trials: Trials;
  options: Config['intake'];
  signal: AbortSignal;
}

type Given = Extract<Fetched, { kind: 'given' }>;

/** Trouble that no message is to blame for. */
const ofMaildrop: ProblemKind[] = ['throttled', 'denied', 'busy'];

/**
 * One message: nothing where it is from before the start or gone. The session is the message's alone until its
 * bytes were read to their end; so whoever took it may then wait for a deletion. Throws a Problem when the
 * connection breaks, also in the midst of the bytes.
 */
export async function* readMessage(
  reading: Reading,
  { uid, size, remaining }: { uid: string; size: number; remaining: number },
): AsyncGenerator<SourceEvent> {
  const { server, maildrop, progress, unread, trials, options, signal } = reading;
  const turn = await maildrop.enter(signal);
  const { session } = turn;
  const position = positionOf(uid);
  let stream: MessageStream | null = null;
  try {
    // A session may have ended in between, and the message with it
    if (!session.listing.numbers.has(uid)) return;
    const header = server.startFrom === null ? null : await readHeader(session, uid);
    if (header && isTooOld(receivedAt(header))) return unread.leaveAlone(uid);

    const fetched = await retrieve(session, uid);
    if (fetched.kind === 'refused') {
      turn.leave();
      progress.settle(uid);
      const problem = unreadable(server, position, tries, fetched.said);
      yield { kind: 'unreadable', position, receivedAt: null, problem, cursor: progress.toCursor() };
      return;
    }
    const received = receivedAt(fetched.bytes);
    if (isTooOld(received)) {
      for await (const _ of fetched.rest ?? []);
      return unread.leaveAlone(uid);
    }
    unread.taken(uid);
    stream = streamMessage(turn, fetched, checkSize, fail);
    if (fetched.rest === null) turn.leave();
    const cursor = progress.toCursor();
    const instant = received ?? new Date().toISOString();
    yield { kind: 'message', position, receivedAt: instant, size, raw: stream.raw, cursor, remaining };
    // Whoever goes on after a failure would take a part of the message for the whole
    if (stream.failure) throw stream.failure;
    if (!stream.isRead) session.close();
  } catch (error) {
    throw stream?.failure ?? fail(error);
  } finally {
    turn.leave();
  }

  /** What to tell of it; the message is remembered as one at which reading stopped (P25, P31). */
  function fail(error: unknown): Problem {
    const problem = session.explain(error, 'give a message');
    const isInnocent = signal.aborted || ofMaildrop.includes(problem.kind);
    if (!isInnocent) trials.stoppedAt(uid, problem);
    // Reading on does help, even if this message stays behind
    return problem.retriable();
  }

  function isTooOld(received: Instant | null): boolean {
    return server.startFrom !== null && received !== null && received < server.startFrom;
  }

  /** The announced size may be an estimate; a message that goes on beyond the limit is not. */
  function checkSize(read: number): void {
    if (read > options.maxMessageBytes) throw tooLarge(server, position, read, options.maxMessageBytes);
  }
}

interface MessageStream {
  raw: AsyncGenerator<Uint8Array>;
  readonly isRead: boolean;
  readonly failure: Problem | null;
}

/** The bytes of a message. At their end, or when nobody reads on, the next one may use the session. */
export function streamMessage(
  turn: Turn,
  { bytes, rest }: Given,
  checkSize: (read: number) => void,
  fail: (error: unknown) => Problem,
): MessageStream {
  let isRead = rest === null;
  let failure: Problem | null = null;
  async function* raw(): AsyncGenerator<Uint8Array> {
    try {
      yield bytes;
      let read = bytes.length;
      for await (const piece of rest ?? []) {
        read += piece.length;
        checkSize(read);
        yield piece;
      }
      isRead = true;
    } catch (error) {
      failure = fail(error);
      throw failure;
    } finally {
      if (!isRead) turn.session.close();
      turn.leave();
    }
  }
  return {
    raw: raw(),
    get isRead() {
      return isRead;
    },
    get failure() {
      return failure;
    },
  };
}
