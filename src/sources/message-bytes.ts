import type { Position } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import { stopped, tooLarge, unreadable } from './message-problems.ts';
import type { Answer } from './protocol.ts';

/** What may be taken of a mailbox. */
export interface Limits {
  server: MailServer;
  maxMessageBytes: number;
}

/** Why the server has a message and does not give it; null where that is not so. */
export function whyUnreadable(
  answer: Answer,
  position: Position,
  { server, maxMessageBytes }: Limits,
): Problem | null {
  if (answer.kind === 'absent') return answer.problem;
  if (answer.kind === 'refused') return unreadable(server, position, answer.problem);
  if (answer.kind === 'too-large') return tooLarge(server, position, answer.size, maxMessageBytes);
  return null;
}

/**
 * The bytes of a message as they come. The announced size may be an estimate; what goes on beyond the limit is not.
 * Throws what `explain` makes of an error; `stopped` when it is not wanted any more, so that nobody takes a half for
 * the whole.
 */
export async function* bytesOf(
  { first, rest }: Extract<Answer, { kind: 'given' }>,
  position: Position,
  { server, maxMessageBytes }: Limits,
  { isWanted, explain }: { isWanted: () => boolean; explain: (error: unknown) => Problem },
): AsyncGenerator<Uint8Array> {
  yield first;
  if (rest === null) return;
  if (!isWanted()) throw stopped(server);
  let length = first.length;
  try {
    for await (const piece of rest) {
      length += piece.length;
      if (length > maxMessageBytes) throw tooLarge(server, position, length, maxMessageBytes);
      yield piece;
      if (!isWanted()) break;
    }
  } catch (error) {
    throw explain(error);
  }
  if (!isWanted()) throw stopped(server);
}
