import { setTimeout as pause } from 'node:timers/promises';
import type { FetchMessageObject } from 'imapflow';
import type { Instant } from '../../model/mail-server.ts';
import type { ImapConnection } from './connection.ts';
import { isRefusal, saidBy } from './explain.ts';
import { searchUids } from './folder.ts';
import { toUidSet } from './uid-set.ts';

/** How asking for one message ended. */
export type Fetched =
  | {
      kind: 'given';
      uid: number;
      receivedAt: Instant;
      /** As announced. An estimate on some servers: see {@link fetchMessages}. */
      size: number;
      /** The message, or its first {@link chunkBytes}. */
      bytes: Buffer;
      whole: boolean;
    }
  | { kind: 'too-large'; uid: number; receivedAt: Instant; size: number }
  | { kind: 'refused'; uid: number; receivedAt: Instant | null; said: string }
  /** Expunged meanwhile. */
  | { kind: 'gone'; uid: number };

/** Messages up to this size are fetched many at a time and held whole. */
const smallBytes = 512 * 1024;
/** Larger ones are fetched in pieces of this size. */
export const chunkBytes = 1024 * 1024;
/** How often a message is asked for that the server does not give. */
export const tries = 3;

/**
 * Messages of the open folder by UID (ascending): the small ones between two large ones by one FETCH, a large
 * one alone. What such a FETCH left out is asked for singly after it.
 *
 * A literal is believed over RFC822.SIZE: Exchange announces an estimate unless told otherwise
 * (`Set-ImapSettings -EnableExactRFC822Size`), and others are off by some bytes. A literal cannot fall short
 * of its own length without the connection breaking.
 */
export async function* fetchMessages(
  connection: ImapConnection,
  uids: readonly number[],
  maxMessageBytes: number,
): AsyncGenerator<Fetched> {
  if (uids.length === 0) return;
  const query = { uid: toUidSet(uids), larger: Math.min(smallBytes, maxMessageBytes) };
  const large = new Set(await searchUids(connection, query));
  for (const run of splitAround(uids, large)) {
    const missing = new Set(run);
    if (!large.has(run[0] as number)) {
      for await (const fetched of fetchTogether(connection, run)) {
        // Rows for other messages, and second rows for one, are the server's own news
        if (missing.delete(fetched.uid)) yield fetched;
      }
    }
    for (const uid of missing) yield await fetchAlone(connection, uid, maxMessageBytes);
  }
}

/** Runs of small ones, and each large one by itself, in their order. */
function splitAround(uids: readonly number[], large: Set<number>): number[][] {
  const runs: number[][] = [];
  for (const uid of uids) {
    const run = runs.at(-1);
    if (run && !large.has(uid) && !large.has(run[0] as number)) run.push(uid);
    else runs.push([uid]);
  }
  return runs;
}

/** The next row is read from the network when this one was taken. A refusal ends it early. */
async function* fetchTogether(connection: ImapConnection, uids: readonly number[]): AsyncGenerator<Fetched> {
  const query = { uid: true, size: true, internalDate: true, source: true };
  try {
    for await (const row of connection.client.fetch(toUidSet(uids), query, { uid: true })) {
      const size = row.size ?? 0;
      if (!isGiven(row.source, size)) continue;
      yield {
        kind: 'given',
        uid: row.uid,
        receivedAt: receivedAt(row),
        size,
        bytes: row.source,
        whole: true,
      };
    }
  } catch (error) {
    if (!isRefusal(error) || !connection.client.usable) throw error;
  }
}

/** One message, asked for up to {@link tries} times; only its first piece when it is large. */
export async function fetchAlone(
  connection: ImapConnection,
  uid: number,
  maxMessageBytes: number,
): Promise<Fetched> {
  const failed: Extract<Fetched, { kind: 'refused' }> = { kind: 'refused', uid, receivedAt: null, said: '' };
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await pause(200 * attempt);
    try {
      const row = await connection.client.fetchOne(
        uid,
        { uid: true, size: true, internalDate: true },
        { uid: true },
      );
      if (!row) {
        if (!(await isPresent(connection, uid))) return { kind: 'gone', uid };
        continue;
      }
      const size = row.size ?? 0;
      failed.receivedAt = receivedAt(row);
      if (size > maxMessageBytes) return { kind: 'too-large', uid, receivedAt: failed.receivedAt, size };
      const bytes = await fetchPiece(connection, uid, 0);
      if (isGiven(bytes, size)) {
        const whole = bytes.length > chunkBytes || (bytes.length < chunkBytes && bytes.length === size);
        return { kind: 'given', uid, receivedAt: failed.receivedAt, size, bytes, whole };
      }
    } catch (error) {
      if (!isRefusal(error) || !connection.client.usable) throw error;
      failed.said = saidBy(error);
    }
  }
  return failed;
}

/**
 * {@link chunkBytes} of a message from an offset; fewer at its end, none (or NIL) after it (RFC 3501 6.4.5);
 * null where the server says nothing. A server that ignores the range gives the whole message at once.
 */
export async function fetchPiece(
  connection: ImapConnection,
  uid: number,
  start: number,
): Promise<Buffer | null> {
  const query = { uid: true, source: { start, maxLength: chunkBytes } };
  const row: PieceRow | false = await connection.client.fetchOne(uid, query, { uid: true });
  if (!row || row.source === undefined) return null;
  // A late answer to an earlier question (seen with Apache James) is no answer to this one
  if ((row.partialOrigins?.get('') ?? start) !== start) return null;
  return Buffer.isBuffer(row.source) ? row.source : Buffer.alloc(0);
}

/** imapflow tells the offset of a piece, where the server did, in a field that its types leave out. */
type PieceRow = FetchMessageObject & { partialOrigins?: Map<string, number> };

/** NIL, or nothing where something was announced, is not the message. */
function isGiven(source: Buffer | null | undefined, size: number): source is Buffer {
  return Buffer.isBuffer(source) && (source.length > 0 || size === 0);
}

async function isPresent(connection: ImapConnection, uid: number): Promise<boolean> {
  return (await searchUids(connection, { uid: `${uid}` })).includes(uid);
}

/** INTERNALDATE; where the server's cannot be understood, now. */
export function receivedAt(row: FetchMessageObject): Instant {
  const date = new Date(row.internalDate ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? new Date().toISOString() : date.toISOString();
}
