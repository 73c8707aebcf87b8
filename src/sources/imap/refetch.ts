import type { MailServer } from '../../model/mail-server.ts';
import type { Position } from '../../model/message.ts';
import { tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import type { ImapConnection } from './connection.ts';
import { fetchAlone, tries } from './fetch.ts';
import { isFolderMissing, openFolder } from './folder.ts';
import { streamMessage } from './large-message.ts';

type MessageEvent = Extract<SourceEvent, { kind: 'message' }>;

/**
 * One message again, by its position; null when the server no longer has it. A large one is read over a
 * connection of its own, opened when its reading begins and closed with it. The event's cursor is empty: a
 * message fetched out of turn moves nothing forward.
 */
export async function refetchMessage(
  server: MailServer,
  position: Position,
  maxMessageBytes: number,
  open: () => Promise<ImapConnection>,
): Promise<MessageEvent | null> {
  const fetched = await withConnection(open, (connection) => fetchAt(connection, position, maxMessageBytes));
  switch (fetched.kind) {
    case 'gone':
      return null;
    case 'refused':
      throw unreadable(server, position, tries, fetched.said);
    case 'too-large':
      throw tooLarge(server, position, fetched.size, maxMessageBytes);
    case 'given': {
      const { receivedAt, size } = fetched;
      const raw = readAgain();
      return { kind: 'message', position, receivedAt, size, raw, cursor: '', remaining: 0 };
    }
  }

  async function* readAgain(): AsyncGenerator<Uint8Array> {
    if (fetched.kind === 'given' && fetched.whole) {
      yield fetched.bytes;
      return;
    }
    const connection = await open();
    try {
      const begun = await fetchAt(connection, position, maxMessageBytes);
      if (begun.kind !== 'given') throw unreadable(server, position, tries, 'it is no longer there');
      yield* streamMessage(connection, position, begun, maxMessageBytes, () => true);
    } catch (error) {
      throw connection.explain(error, 'give a message');
    } finally {
      connection.close();
    }
  }
}

async function fetchAt(connection: ImapConnection, position: Position, maxMessageBytes: number) {
  const uid = Number(position.uid);
  try {
    const { validity } = await openFolder(connection, position.folder, { readOnly: true });
    if (validity !== position.validity) return { kind: 'gone' as const, uid };
    return await fetchAlone(connection, uid, maxMessageBytes);
  } catch (error) {
    const problem = connection.explain(error, 'give a message');
    if (isFolderMissing(problem)) return { kind: 'gone' as const, uid };
    throw problem;
  }
}

async function withConnection<T>(
  open: () => Promise<ImapConnection>,
  task: (connection: ImapConnection) => Promise<T>,
): Promise<T> {
  const connection = await open();
  try {
    return await task(connection);
  } finally {
    connection.close();
  }
}
