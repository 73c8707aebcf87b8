import { setTimeout as pause } from 'node:timers/promises';
import { Pop3Refusal } from './errors.ts';
import { blamesServer } from './explain.ts';
import type { Session } from './session.ts';

/** How asking for one message ended. */
export type Fetched =
  | {
      kind: 'given';
      /** The message, or the beginning of a large one. */
      bytes: Buffer;
      /** What comes after it; null where that was all. */
      rest: AsyncGenerator<Buffer> | null;
    }
  | { kind: 'refused'; said: string };

/** Messages up to this size are held whole; of larger ones as much is read before the rest is streamed. */
const heldBytes = 512 * 1024;
/** How often a message is asked for that the server does not give. */
export const tries = 3;

/** A message by RETR. Throws where the connection broke, or the server refuses for a reason that is not the message. */
export async function retrieve(session: Session, uid: string): Promise<Fetched> {
  const { connection, listing, retrieved } = session;
  let said = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await pause(200 * attempt);
    try {
      const fetched = await begin(connection.multiline(`RETR ${listing.numbers.get(uid)}`));
      retrieved.add(uid);
      return fetched;
    } catch (error) {
      if (!(error instanceof Pop3Refusal) || blamesServer(error) || !connection.usable) throw error;
      said = error.said;
    }
  }
  return { kind: 'refused', said };
}

async function begin(pieces: AsyncGenerator<Buffer>): Promise<Fetched> {
  const held: Buffer[] = [];
  let size = 0;
  while (size < heldBytes) {
    const { value, done } = await pieces.next();
    if (done) return { kind: 'given', bytes: Buffer.concat(held), rest: null };
    held.push(value);
    size += value.length;
  }
  return { kind: 'given', bytes: Buffer.concat(held), rest: pieces };
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
    }
  } catch (error) {
    if (!(error instanceof Pop3Refusal) || blamesServer(error)) throw error;
    return null;
  }
  return Buffer.concat(held);
}
