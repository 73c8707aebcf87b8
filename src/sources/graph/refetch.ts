import type { Position } from '../../model/message.ts';
import { stopped, tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import type { GraphClient } from './client.ts';
import { download, tries } from './download.ts';
import { explain } from './explain.ts';
import { streamMessage } from './large-message.ts';
import { findReceived } from './message.ts';

/**
 * One message again, in whatever folder it lies by now; null when the server no longer has it. The event's cursor is
 * empty: a message fetched out of turn moves nothing forward.
 */
export async function refetchMessage(
  client: GraphClient,
  position: Position,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<Extract<SourceEvent, { kind: 'message' }> | null> {
  const { server } = client;
  if (position.validity !== '') return null;
  const received = await findReceived(client, position.uid, signal);
  if (received === null) return null;
  const fetched = await download(client, position.uid, maxMessageBytes, signal);
  switch (fetched.kind) {
    case 'gone':
      return null;
    case 'refused':
      throw unreadable(server, position, tries, fetched.said);
    case 'too-large':
      throw tooLarge(server, position, fetched.size, maxMessageBytes);
    case 'given':
      return {
        kind: 'message',
        position,
        receivedAt: new Date(received).toISOString(),
        size: Math.max(fetched.size, fetched.bytes.length),
        raw: pieces(),
        cursor: '',
        remaining: 0,
      };
  }

  async function* pieces(): AsyncGenerator<Uint8Array> {
    if (fetched.kind !== 'given') return;
    try {
      yield* streamMessage(client, position, fetched, maxMessageBytes, signal);
    } catch (error) {
      throw signal.aborted ? stopped(server) : explain(error, server, 'give a message');
    }
  }
}
