import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../model/message.ts';
import { refused } from '../folder-problems.ts';
import { stopped, tooLarge } from '../message-problems.ts';
import type { ImapConnection } from './connection.ts';
import { isRefusal, saidBy } from './explain.ts';
import { chunkBytes, type Fetched, fetchPiece, tries } from './fetch.ts';

/**
 * A message piece by piece: the first was fetched already, the others as they are asked for. Its end is where
 * the server has no more, for the announced size may be an estimate. Throws when a piece cannot be had, and
 * when `isCurrent` says that the connection is used for something else by now.
 */
export async function* streamMessage(
  connection: ImapConnection,
  position: Position,
  begun: Extract<Fetched, { kind: 'given' }>,
  maxMessageBytes: number,
  isCurrent: () => boolean,
): AsyncGenerator<Uint8Array> {
  yield begun.bytes;
  if (begun.whole) return;
  let offset = begun.bytes.length;
  let length = begun.bytes.length;
  for (;;) {
    if (length < chunkBytes && offset === begun.size) return;
    if (offset > maxMessageBytes) throw tooLarge(connection.server, position, offset, maxMessageBytes);
    if (!isCurrent()) throw stopped(connection.server);
    const piece = await askForPiece(connection, position, begun.uid, offset, offset < begun.size);
    // A server that ignores ranges begins again where a good one is at its end
    if (piece === null || (length < chunkBytes && piece.equals(begun.bytes))) return;
    yield piece;
    offset += piece.length;
    length = piece.length;
  }
}

/** The next piece, or null after the end. Where the announced size says there must be more, it is asked again. */
async function askForPiece(
  connection: ImapConnection,
  position: Position,
  uid: number,
  offset: number,
  expected: boolean,
): Promise<Buffer | null> {
  let said = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await pause(200 * attempt);
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
  throw refused(connection.server, `give message ${position.uid} to its end`, said);
}
