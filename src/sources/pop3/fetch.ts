import { sleep } from '../../concurrency/sleep.ts';
import { isBeforeStart } from '../../model/mail-server.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { nothingGiven } from '../message-problems.ts';
import { type Answer, type Entry, type Fetched, tries } from '../protocol.ts';
import { Pop3ProtocolError, Pop3Refusal } from './errors.ts';
import { blamesServer } from './explain.ts';
import type { Maildrop, Turn } from './maildrop.ts';
import { receivedAt } from './received.ts';
import type { Session } from './session.ts';

/** Messages up to this size are held whole; of larger ones as much is read before the rest is streamed. */
const heldBytes = 512 * 1024;
/** More than any message has, of which nobody wants so much. */
const mostPassedOver = 200 * 1024 * 1024;

/**
 * The messages, one after the other. The session is a message's alone until its bytes were read to their end; so
 * whoever took it may then wait for a deletion.
 */
export async function* fetchMessages(
  maildrop: Maildrop,
  server: MailServer,
  entries: readonly Entry[],
  signal: AbortSignal,
): AsyncGenerator<Fetched> {
  for (const entry of entries) {
    const turn = await maildrop.enter(signal);
    try {
      const answer = await answerAfterStart(turn.session, entry, server);
      if (answer.kind === 'given' && answer.rest) {
        yield { entry, ...answer, rest: restInTurn(turn, answer.rest) };
        turn.breakOff();
      } else {
        turn.leave();
        yield { entry, ...answer };
      }
    } catch (error) {
      throw turn.session.explain(error, 'give a message');
    } finally {
      turn.leave();
    }
  }
}

/** A message; its age is asked for before it is read, where that matters. */
async function answerAfterStart(
  session: Session,
  { position: { uid }, size }: Entry,
  server: MailServer,
): Promise<Answer> {
  // A session may have ended since the listing, and the message with it
  if (!session.listing.numbers.has(uid)) return { kind: 'gone' };
  const isTooOld = (begin: Buffer) => {
    const received = receivedAt(begin);
    return received !== null && isBeforeStart(server, received);
  };
  const header = server.startFrom === null ? null : await readHeader(session, uid);
  if (header && isTooOld(header)) return { kind: 'too-old' };
  const answer = await retrieve(session, uid, size ?? 0);
  if (answer.kind !== 'given' || !isTooOld(answer.first)) return answer;
  await passOver(answer);
  return { kind: 'too-old' };
}

/** The rest of a message, with which its turn is over. Where nobody reads on, the session is of no use any more. */
export async function* restInTurn(turn: Turn, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* rest;
    turn.leave();
  } catch (error) {
    throw turn.session.explain(error, 'give a message');
  } finally {
    turn.breakOff();
  }
}

/** Nobody wants the rest of it, but the session goes on only behind its end. */
export async function passOver({ rest }: Extract<Answer, { kind: 'given' }>): Promise<void> {
  let size = 0;
  for await (const piece of rest ?? []) {
    size += piece.length;
    if (size > mostPassedOver) throw new Pop3ProtocolError('a message without an end');
  }
}

type Retrieved =
  | Extract<Answer, { kind: 'refused' }>
  | (Extract<Answer, { kind: 'given' }> & { first: Buffer });

/**
 * A message by RETR; `size` as announced. Throws where the connection broke, or the server refuses for a reason that
 * is not the message.
 */
export async function retrieve(session: Session, uid: string, size: number): Promise<Retrieved> {
  const { connection, listing, retrieved, server } = session;
  let problem = nothingGiven(server);
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await sleep(200 * attempt);
    try {
      const { first, rest } = await begin(connection.multiline(`RETR ${listing.numbers.get(uid)}`));
      retrieved.add(uid);
      return { kind: 'given', receivedAt: receivedAt(first), size, first, rest };
    } catch (error) {
      if (!(error instanceof Pop3Refusal) || blamesServer(error) || !connection.usable) throw error;
      problem = session.explain(error, 'give a message');
    }
  }
  return { kind: 'refused', receivedAt: null, problem };
}

async function begin(
  pieces: AsyncGenerator<Buffer>,
): Promise<{ first: Buffer; rest: AsyncGenerator<Buffer> | null }> {
  const held: Buffer[] = [];
  let size = 0;
  while (size < heldBytes) {
    const { value, done } = await pieces.next();
    if (done) return { first: Buffer.concat(held), rest: null };
    held.push(value);
    size += value.length;
  }
  return { first: Buffer.concat(held), rest: pieces };
}

/** The header of a message by TOP (RFC 1939 7, optional), as much of it as matters; null where the server lacks TOP. */
export async function readHeader(session: Session, uid: string): Promise<Buffer | null> {
  const { connection, listing } = session;
  const held: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of connection.multiline(`TOP ${listing.numbers.get(uid)} 0`)) {
      if (size < heldBytes) held.push(piece);
      size += piece.length;
      // Some servers send the whole message where its header was asked for
      if (size > mostPassedOver) throw new Pop3ProtocolError('a header without an end');
    }
  } catch (error) {
    if (!(error instanceof Pop3Refusal) || blamesServer(error)) throw error;
    return null;
  }
  return Buffer.concat(held);
}
