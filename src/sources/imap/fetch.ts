import type { FetchMessageObject } from 'imapflow';
import { sleep } from '../../concurrency/sleep.ts';
import type { Instant } from '../../model/mail-server.ts';
import { speaksAgainstServer } from '../blame.ts';
import { refused } from '../folder-problems.ts';
import { nothingGiven } from '../message-problems.ts';
import { type Answer, type Entry, type Fetched, tries } from '../protocol.ts';
import { endless, type ImapConnection } from './connection.ts';
import { isRefusal, saidBy } from './explain.ts';
import { searchUids, toUidSet } from './folder.ts';

/** Messages up to this size are fetched many at a time and held whole. */
const smallBytes = 512 * 1024;
/** Larger ones are fetched in pieces of this size. */
const chunkBytes = 1024 * 1024;
/** Servers give less at once than was asked for, but after so many pieces at least so much of it on average. */
const mostSmallPieces = 200;
const smallestPiece = 1024;

/**
 * Messages of the open folder, ascending by UID: the small ones between two large ones by one FETCH, a large
 * one alone. What such a FETCH left out is asked for singly after it.
 *
 * A literal is believed over RFC822.SIZE: Exchange announces an estimate unless told otherwise
 * (`Set-ImapSettings -EnableExactRFC822Size`), and others are off by some bytes. A literal cannot fall short
 * of its own length without the connection breaking.
 */
export async function* fetchMessages(
  connection: ImapConnection,
  entries: readonly Entry[],
  maxMessageBytes: number,
): AsyncGenerator<Fetched> {
  const large = await findLarge(connection, entries, Math.min(smallBytes, maxMessageBytes));
  const query = { uid: true, size: true, internalDate: true, source: true };
  for (const run of splitAround(entries, large)) {
    const missing = new Map(run.map((entry) => [uidOf(entry), entry]));
    const isEndless = rowsBeyond(run.length);
    const [first] = missing.keys();
    try {
      if (!large.has(first as number))
        // The next row is read from the network when this one was taken
        for await (const row of connection.client.fetch(toUidSet([...missing.keys()]), query, {
          uid: true,
        })) {
          if (isEndless()) throw endOf(connection);
          const { uid, source, size = 0 } = row;
          const entry = missing.get(uid);
          // Rows for other messages, and second rows for one, are the server's own news
          if (!entry || !isGiven(source, size)) continue;
          missing.delete(uid);
          yield { kind: 'given', entry, receivedAt: receivedAt(row), size, first: source, rest: null };
        }
    } catch (error) {
      if (!isRefusal(error) || !connection.client.usable) throw error;
    }
    for (const entry of missing.values())
      yield { entry, ...(await fetchAlone(connection, uidOf(entry), maxMessageBytes)) };
  }
}

/** Those larger than so many bytes; all of them where the server cannot tell, as it cannot look into one of them. */
async function findLarge(
  connection: ImapConnection,
  entries: readonly Entry[],
  larger: number,
): Promise<Set<number>> {
  const uids = entries.map(uidOf);
  const found = await connection.client.search({ uid: toUidSet(uids), larger }, { uid: true });
  if (Array.isArray(found)) return new Set(found);
  const problem = connection.explainRefusal('search the folder');
  if (!connection.client.usable) throw problem;
  return new Set(uids);
}

function uidOf({ position }: Entry): number {
  return Number(position.uid);
}

/** Runs of small ones, and each large one by itself, in their order. */
function splitAround(entries: readonly Entry[], large: Set<number>): Entry[][] {
  const runs: Entry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && !large.has(uidOf(entry)) && !large.has(uidOf(run[0] as Entry))) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

/** One message, asked for up to {@link tries} times; its first piece, and the others as they are read. */
export async function fetchAlone(
  connection: ImapConnection,
  uid: number,
  maxMessageBytes: number,
): Promise<Answer> {
  const failed: Extract<Answer, { kind: 'refused' }> = {
    kind: 'refused',
    receivedAt: null,
    problem: nothingGiven(connection.server),
  };
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await sleep(200 * attempt);
    try {
      const query = { uid: true, size: true, internalDate: true };
      const row = await connection.client.fetchOne(uid, query, { uid: true });
      if (!row) {
        if (!(await isPresent(connection, uid))) return { kind: 'gone' };
        continue;
      }
      const size = row.size ?? 0;
      failed.receivedAt = receivedAt(row);
      if (size > maxMessageBytes) return { kind: 'too-large', receivedAt: failed.receivedAt, size };
      const first = await fetchPiece(connection, uid, 0);
      if (!isGiven(first, size)) continue;
      const isWhole = first.length > chunkBytes || (first.length < chunkBytes && first.length === size);
      const rest = isWhole ? null : fetchRest(connection, uid, first, size);
      return { kind: 'given', receivedAt: failed.receivedAt, size, first, rest };
    } catch (error) {
      if (!isRefusal(error) || !connection.client.usable) throw error;
      failed.problem = connection.explain(error, 'give a message');
      if (speaksAgainstServer(failed.problem)) return failed;
    }
  }
  return failed;
}

/**
 * What comes after the first piece, piece by piece as they are asked for. The end is where the server has no more,
 * for the announced size may be an estimate. Throws a Problem when a piece cannot be had.
 */
export async function* fetchRest(
  connection: ImapConnection,
  uid: number,
  first: Uint8Array,
  size: number,
): AsyncGenerator<Buffer> {
  let offset = first.length;
  let length = first.length;
  for (let pieces = 1; length >= chunkBytes || offset !== size; pieces++) {
    if (pieces > mostSmallPieces && offset / pieces < smallestPiece)
      throw refused(connection.server, `give message ${uid} in pieces of a good size`, '');
    const piece = await askForPiece(connection, uid, offset, offset < size);
    // A server that ignores ranges begins again where a good one is at its end
    if (piece === null || (length < chunkBytes && piece.equals(first))) return;
    yield piece;
    offset += piece.length;
    length = piece.length;
  }
}

/** The next piece, or null after the end. Where the announced size says there must be more, it is asked again. */
async function askForPiece(
  connection: ImapConnection,
  uid: number,
  offset: number,
  expected: boolean,
): Promise<Buffer | null> {
  let said = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await sleep(200 * attempt);
    try {
      const piece = await fetchPiece(connection, uid, offset);
      if (piece && piece.length > 0) return piece;
      // An empty piece is the end in so many words; silence is not
      if (piece && (!expected || attempt > 1)) return null;
    } catch (error) {
      if (!isRefusal(error) || !connection.client.usable) throw connection.explain(error, 'give a message');
      said = saidBy(error);
    }
  }
  throw refused(connection.server, `give message ${uid} to its end`, said);
}

/**
 * {@link chunkBytes} of a message from an offset; fewer at its end, none (or NIL) after it (RFC 3501 6.4.5);
 * null where the server says nothing. A server that ignores the range gives the whole message at once.
 */
async function fetchPiece(connection: ImapConnection, uid: number, start: number): Promise<Buffer | null> {
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

/** Counts the rows of an answer about so many messages: some may be news of others, but not for ever. */
export function rowsBeyond(messages: number): () => boolean {
  let rows = 0;
  return () => ++rows > 2 * messages + 10_000;
}

/** Ends a connection on which an answer has no end: nothing else would. */
export function endOf(connection: ImapConnection): Error {
  connection.close();
  return endless();
}

/** INTERNALDATE; null where the server's cannot be understood. */
export function receivedAt(row: FetchMessageObject): Instant | null {
  const date = new Date(row.internalDate ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
