import type { Position } from '../../model/message.ts';
import { absent } from '../message-problems.ts';
import type { Answer } from '../protocol.ts';
import type { ImapConnection } from './connection.ts';
import { fetchAlone, fetchRest } from './fetch.ts';
import { isFolderMissing, openFolder } from './folder.ts';

/**
 * One message again, by its position, over a connection of its own. The rest of a large one takes another, opened
 * when the reading of the rest begins and closed with it.
 */
export async function refetchMessage(
  position: Position,
  maxMessageBytes: number,
  open: () => Promise<ImapConnection>,
): Promise<Answer> {
  const connection = await open();
  try {
    if (!(await openFolderOf(connection, position))) return { kind: 'gone' };
    const answer = await fetchAlone(connection, Number(position.uid), maxMessageBytes);
    if (answer.kind !== 'given' || answer.rest === null) return answer;
    return { ...answer, rest: restOf(position, answer, open) };
  } catch (error) {
    throw connection.explain(error, 'give a message');
  } finally {
    connection.close();
  }
}

async function* restOf(
  position: Position,
  { first, size }: { first: Uint8Array; size: number },
  open: () => Promise<ImapConnection>,
): AsyncGenerator<Uint8Array> {
  const connection = await open();
  try {
    if (!(await openFolderOf(connection, position))) throw absent(connection.server, 'it is no longer there');
    yield* fetchRest(connection, Number(position.uid), first, size);
  } catch (error) {
    throw connection.explain(error, 'give a message');
  } finally {
    connection.close();
  }
}

/** False where the position means nothing any more. */
async function openFolderOf(connection: ImapConnection, { folder, validity }: Position): Promise<boolean> {
  try {
    return (await openFolder(connection, folder, { readOnly: true })).validity === validity;
  } catch (error) {
    if (!isFolderMissing(error)) throw error;
    return false;
  }
}
