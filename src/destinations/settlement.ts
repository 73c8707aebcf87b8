import { backOff } from '../concurrency/back-off.ts';
import type { Config } from '../config/config.ts';
import type { Delivery, Outcome } from '../model/delivery.ts';

const longestDelay = 60 * 60_000;

/**
 * The delivery as it stands after an attempt that ended at `now`: delivered; to be tried again, the last time
 * when its days are over; or dead.
 */
export function settled(
  delivery: Delivery,
  outcome: Outcome,
  options: Config['delivery'],
  now: number,
): Delivery {
  const attempts = delivery.attempts + 1;
  const lastAttemptAt = new Date(now).toISOString();
  const after = { ...delivery, attempts, lastAttemptAt };
  if (outcome.kind === 'accepted')
    return { ...after, state: 'delivered', deliveredAt: lastAttemptAt, problem: null };
  const problem = outcome.problem.toJSON();
  const end = giveUpAt(delivery, options);
  if (outcome.kind === 'rejected' || now >= end) return { ...after, state: 'dead', problem };
  const delay = backOff(attempts, { first: options.firstRetrySeconds * 1000, cap: longestDelay });
  const next = Math.max(now + delay, outcome.after?.getTime() ?? 0);
  return { ...after, nextAttemptAt: new Date(Math.min(next, end)).toISOString(), problem };
}

/** From when on a failed delivery is a dead letter, in milliseconds; a replay counts anew. */
export function giveUpAt(delivery: Delivery, options: Config['delivery']): number {
  return Date.parse(delivery.createdAt) + options.giveUpAfterHours * 60 * 60_000;
}
