import type { Position } from '../../model/message.ts';
import { tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import type { EwsClient } from './client.ts';
import { find } from './element.ts';
import { explain } from './explain.ts';
import { type Fetched, fetchMessages, tries } from './fetch.ts';
import { type Arrival, readFacts } from './listing.ts';
import { getProperties } from './operations.ts';
import { isGone, Refusal } from './refusal.ts';

type MessageEvent = Extract<SourceEvent, { kind: 'message' }>;

/**
 * One message again, by its position; null when the server no longer has it. Its bytes are asked for when their
 * reading begins. The event's cursor is empty: a message fetched out of turn moves nothing forward.
 */
export async function refetchMessage(
  client: EwsClient,
  position: Position,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<MessageEvent | null> {
  const { server } = client;
  const arrival = await findArrival(client, position.uid, signal).catch((error) => {
    throw explain(error, server, 'give a message');
  });
  if (!arrival) return null;
  const { receivedAt, size } = arrival;
  if (size > maxMessageBytes) throw tooLarge(server, position, size, maxMessageBytes);
  return { kind: 'message', position, receivedAt, size, raw: read(arrival), cursor: '', remaining: 0 };

  async function* read(wanted: Arrival): AsyncGenerator<Uint8Array> {
    const options = { maxMessageBytes, isSuspect: () => true };
    try {
      for await (const fetched of fetchMessages(client, [wanted], options, signal)) yield* bytesOf(fetched);
    } catch (error) {
      throw explain(error, server, 'give a message');
    }
  }

  async function* bytesOf(fetched: Fetched): AsyncGenerator<Uint8Array> {
    if (fetched.kind !== 'given') {
      const said = fetched.kind === 'refused' ? fetched.said : 'it is no longer there';
      throw unreadable(server, position, tries, said);
    }
    yield fetched.first;
    let length = fetched.first.length;
    for (let piece = await fetched.rest?.(); piece; piece = await fetched.rest?.()) {
      length += piece.length;
      if (length > maxMessageBytes) throw tooLarge(server, position, length, maxMessageBytes);
      yield piece;
    }
  }
}

async function findArrival(client: EwsClient, id: string, signal: AbortSignal): Promise<Arrival | null> {
  const fields = ['item:DateTimeReceived', 'item:DateTimeCreated', 'item:Size'];
  try {
    const { message } = await client.askOne(getProperties([id], ...fields), signal);
    const item = find(message, 'Items')?.children[0];
    return item ? { id, ...readFacts(item) } : null;
  } catch (error) {
    if (error instanceof Refusal && isGone(error)) return null;
    throw error;
  }
}
