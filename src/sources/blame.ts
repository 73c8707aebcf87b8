import type { Position } from '../model/message.ts';
import type { Problem, ProblemKind } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server.ts';
import { givenUp } from './message-problems.ts';

/**
 * Whose fault it is when the reading of a mailbox stops at a message: the message's, or the server's (P25, P31).
 * A message at which the connection breaks every time would otherwise stop everything behind it. The rule for all
 * protocols stands here and nowhere else: whoever is to blame after so many stops in a row at the same message.
 * Lives as long as the source, across its connections. Only the message where the reading stopped last is remembered.
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
  let last = { message: '', stops: 0, problem: null as Problem | null };
  const nameOf = ({ folder, validity, uid }: Position) => `${folder}/${validity}/${uid}`;
  return {
    stoppedAt(position, problem) {
      if (!perhapsOfMessage.includes(problem.kind)) return;
      const message = nameOf(position);
      last = { message, stops: last.message === message ? last.stops + 1 : 1, problem };
    },
    isSuspect: (position) => last.message === nameOf(position),
    givenUp(position) {
      const { message, stops, problem } = last;
      if (problem === null || message !== nameOf(position)) return null;
      return stops >= maxStops || problem.retry === 'no' ? givenUp(server, position, stops, problem) : null;
    },
  };
}

/** Trouble that one message may be to blame for; all else is told of the mailbox, whichever message was asked for. */
const perhapsOfMessage: ProblemKind[] = ['message', 'refused', 'protocol', 'unavailable', 'internal'];
