import type { Position } from '../../model/message.ts';
import type { MailServer } from '../../resources/incoming-server.ts';
import { tooLarge, unreadable } from '../message-problems.ts';
import type { SourceEvent } from '../source.ts';
import { retrieve, tries } from './fetch.ts';
import { listSizes } from './listing.ts';
import type { Maildrop } from './maildrop.ts';
import { streamMessage } from './message.ts';
import { receivedAt } from './received.ts';
import { positionOf } from './unread.ts';

type MessageEvent = Extract<SourceEvent, { kind: 'message' }>;

/**
 * One message again, by its position; null when the server no longer has it. The session is the message's alone
 * until its bytes were read. The event's cursor is empty: a message fetched out of turn moves nothing forward.
 */
export async function refetchMessage(
  server: MailServer,
  maildrop: Maildrop,
  position: Position,
  maxMessageBytes: number,
): Promise<MessageEvent | null> {
  const { folder, validity, uid } = position;
  const place = positionOf(uid);
  if (folder !== place.folder || validity !== place.validity) return null;
  const turn = await maildrop.enter();
  const { session } = turn;
  const checkSize = (size: number) => {
    if (size > maxMessageBytes) throw tooLarge(server, position, size, maxMessageBytes);
  };
  const fail = (error: unknown) => session.explain(error, 'give a message');
  let isBegun = false;
  try {
    const number = session.listing.numbers.get(uid);
    if (number === undefined) return null;
    const size = (await listSizes(session.connection)).get(number) ?? 0;
    checkSize(size);
    const fetched = await retrieve(session, uid);
    if (fetched.kind === 'refused') throw unreadable(server, position, tries, fetched.said);
    isBegun = fetched.rest !== null;
    const { raw } = streamMessage(turn, fetched, checkSize, fail);
    const received = receivedAt(fetched.bytes) ?? new Date().toISOString();
    return { kind: 'message', position, receivedAt: received, size, raw, cursor: '', remaining: 0 };
  } catch (error) {
    throw fail(error);
  } finally {
    if (!isBegun) turn.leave();
  }
}
