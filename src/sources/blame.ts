import { type Position, positionKey } from '../model/message.ts';
import type { Problem, ProblemKind } from '../model/problem.ts';

/**
 * Whose fault it is when a message cannot be read or acted on, the message's or the server's: a message at which
 * the connection breaks every time would otherwise stop everything behind it, and an outage would be laid on innocent
 * messages. The rule, for all protocols, goes by comparison: after a failure at one message others are tried first. If
 * others can be had, it is the message's: it waits. If they cannot, it is the server's, and no message is
 * blamed. What concerns every message alike is never put to that test.
 */

/** Trouble of the sign-in, of this machine and its proxy, or of time, whichever message was asked for. */
const neverOfMessage: ProblemKind[] = [
  'throttled',
  'busy',
  'cancelled',
  'credentials',
  'consent',
  'machine',
  'proxy',
  'full',
];

/** Trouble that is told of one message; whatever else is refused may hold for all of them where there are no others. */
const ofMessage: ProblemKind[] = ['message', 'refused', 'gone'];

export function isOfMessage({ kind }: Problem): boolean {
  return ofMessage.includes(kind);
}

export function mayBeOfMessage({ kind }: Problem): boolean {
  return !neverOfMessage.includes(kind);
}

/**
 * Whether the server's own words, or silence, speak against the server: the reading ends at once, and the message is
 * compared with others at the next one.
 */
export function speaksAgainstServer({ kind }: Problem): boolean {
  return kind === 'unavailable' || kind === 'internal' || kind === 'sign-in' || kind === 'protocol';
}

/** So many failures one after the other, and none that went well between: others are compared before reading goes on. */
export const mostUncompared = 3;

/** So many refusals to act, and none that went well between: they are the server's, not the messages'. */
export const mostRefusals = 10;

/** A reading stopped so often at a message, and others could be read between. */
const mostStops = 2;
/** More than any mailbox has; in a long outage each reading stops at another one. */
const mostSuspects = 10_000;

/** Messages at which a reading stopped, as long as the source lives, over its connections. */
export interface Suspects {
  /** Reading stopped at this message. */
  stoppedAt(position: Position, problem: Problem): void;
  /** Others are read before it, and it is asked for alone. */
  has(position: Position): boolean;
  /** It was read after all, or is set aside. */
  clear(position: Position): void;
  /**
   * Why it is not asked for once more, now that its turn has come; null where it is. `compared`: others could be read
   * since.
   */
  givenUp(position: Position, compared: boolean): { problem: Problem; stops: number } | null;
}

export function createSuspects(): Suspects {
  const suspects = new Map<string, { problem: Problem; stops: number }>();
  return {
    stoppedAt(position, problem) {
      if (!mayBeOfMessage(problem)) return;
      const key = positionKey(position);
      const stops = (suspects.get(key)?.stops ?? 0) + 1;
      suspects.delete(key);
      suspects.set(key, { problem, stops });
      const [oldest] = suspects.keys();
      if (suspects.size > mostSuspects && oldest !== undefined) suspects.delete(oldest);
    },
    has: (position) => suspects.size > 0 && suspects.has(positionKey(position)),
    clear(position) {
      if (suspects.size > 0) suspects.delete(positionKey(position));
    },
    givenUp(position, compared) {
      const suspect = suspects.get(positionKey(position));
      if (!suspect) return null;
      return (compared && suspect.stops >= mostStops) || suspect.problem.retry === 'no' ? suspect : null;
    },
  };
}
