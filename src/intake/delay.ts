import { backoff } from '../model/backoff.ts';
import type { Problem } from '../model/problem.ts';

const retryDelay = { first: 1_000, cap: 5 * 60_000 };

/** Milliseconds until the next try: as the problem says, else exponentially longer (P20). */
export function delayAfter({ retry }: Problem, failures: number): number {
  if (retry instanceof Date) return Math.max(0, retry.getTime() - Date.now());
  // A person must mend it, perhaps on the other side, where nobody tells us: look now and then.
  return retry === 'no' ? retryDelay.cap : backoff(failures, retryDelay);
}
