import type { Problem } from '../model/problem.ts';

/**
 * Bounds how often one message may bring the reading of its mailbox to an end (P25, P31): a message at which
 * the connection breaks every time would otherwise stop everything behind it. Lives as long as the source,
 * across its connections. Only the message where the reading stopped last is remembered.
 */
export interface Trials {
  /** Reading stopped at this message. */
  stoppedAt(message: string, problem: Problem): void;
  /** Whether reading stopped at it last time: it is then asked for alone, so that its neighbours get no blame. */
  isSuspect(message: string): boolean;
  /** Why it stopped, when that was often enough to give the message up, or when another try cannot help. */
  givenUp(message: string): Problem | null;
}

/** A bad line may break in the same large message a few times without any fault of the message. */
export const maxStops = 5;

export function createTrials(): Trials {
  let last = { message: '', stops: 0, problem: null as Problem | null };
  return {
    stoppedAt(message, problem) {
      const stops = last.message === message ? last.stops + 1 : 1;
      last = { message, stops, problem };
    },
    isSuspect: (message) => last.message === message,
    givenUp(message) {
      if (last.message !== message) return null;
      return last.stops >= maxStops || last.problem?.retry === 'no' ? last.problem : null;
    },
  };
}
