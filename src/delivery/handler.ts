import type { DeliveredItem, Delivery, NamedTarget, Outcome } from '../model/delivery.ts';
import { Problem } from '../model/problem.ts';

/** Where deliveries go, as far as the queue has to know it. */
export interface Target extends NamedTarget {
  enabled: boolean;
  /** Of its record. */
  version: number;
}

/** How one attempt ended, and whether that tells anything of the target: trouble on our own side does not. */
export interface Attempt {
  outcome: Outcome;
  reached: boolean;
}

/** Hands the deliveries of one target over. */
export interface DeliveryHandler {
  /** So many at once at most; null leaves it to the configuration. */
  concurrency: number | null;
  /** Hands one over, once. Throws what went wrong on our own side. */
  attempt(delivery: Delivery, signal: AbortSignal): Promise<Attempt>;
}

export function itemGone(kind: DeliveredItem['kind']): Problem {
  return new Problem({
    code: 'delivery.message-gone',
    kind: 'gone',
    title: `The ${kind} is no longer kept`,
    cause: 'The retention rule has removed it.',
    remedy: 'Keep messages longer with retention.messageDays.',
  });
}

/** What an attempt came to that failed on our own side: nothing can deliver what is no longer kept; all else may pass. */
export function failedHere(error: unknown): Attempt {
  const problem = Problem.from(error);
  return {
    outcome:
      problem.kind === 'gone' ? { kind: 'rejected', problem } : { kind: 'retry', after: null, problem },
    reached: false,
  };
}
