import type { Position } from '../model/message.ts';
import type { Problem, ProblemKind } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import { givenUp } from './message-problems.ts';

/**
 * Whose fault it is when the reading of a mailbox stops at a message, the message's or the server's: a
 * message at which the connection breaks every time would otherwise stop everything behind it. The rule, for all
 * protocols: a message is to blame when reading stopped at it so many times in a row, for reasons that a message can
 * give. Lives as long as the source, across its connections. Only the message where reading stopped last is remembered.
 */
export interface Blame {
  /** Reading stopped at this message. */
  stoppedAt(position: Position, problem: Problem): void;
  /** Whether reading stopped at it last time: it is then asked for alone, so that its neighbours get no blame. */
  isSuspect(position: Position): boolean;
  /** What to say of a message that is given up: its reading stopped often enough, or another try cannot help. */
  givenUp(position: Position): Problem | null;
}

/** A bad line may break in the same large message a few times without any fault of the message. */
const maxStops = 5;

export function createBlame(server: MailServer): Blame {
  let last: { position: Position; stops: number; problem: Problem } | null = null;
  const isLast = ({ uid, folder, validity }: Position) =>
    uid === last?.position.uid && folder === last.position.folder && validity === last.position.validity;
  return {
    stoppedAt(position, problem) {
      if (!perhapsOfMessage.includes(problem.kind)) return;
      last = { position, stops: last && isLast(position) ? last.stops + 1 : 1, problem };
    },
    isSuspect: isLast,
    givenUp(position) {
      if (!last || !isLast(position)) return null;
      const { stops, problem } = last;
      return stops >= maxStops || problem.retry === 'no' ? givenUp(server, position, stops, problem) : null;
    },
  };
}

/** Trouble that one message may be to blame for; all else is told of the mailbox, whichever message was asked for. */
const perhapsOfMessage: ProblemKind[] = ['message', 'refused', 'protocol', 'unavailable', 'internal'];
