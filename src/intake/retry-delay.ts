import { type BackOff, backOff } from '../concurrency/back-off.ts';
import type { Problem } from '../model/problem.ts';

export type RetryDelay = BackOff;

export const retryDelay: RetryDelay = { first: 1_000, cap: 5 * 60_000 };

/** Whatever the other side asks for: a mailbox is not left alone for days. */
const longestDelay = 60 * 60_000;

/** Milliseconds until the next try after so many failures in a row: as the problem says, else exponentially longer. */
export function delayAfter(problem: Problem, failures: number, delay: RetryDelay): number {
  if (problem.retry instanceof Date) {
    const asked = Math.max(0, problem.retry.getTime() - Date.now());
    return Math.min(asked + backOff(1, delay), longestDelay);
  }
  // A person must mend it, perhaps on the other side, where nobody tells us: look now and then.
  return backOff(problem.retry === 'no' ? Number.POSITIVE_INFINITY : failures, delay);
}
