import { backOff } from '../concurrency/back-off.ts';
import { untilDone } from '../concurrency/retry.ts';
import type { Config } from '../config/config.ts';
import type { Delivery, DeliveryAttempt, Outcome } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Target } from './handler.ts';

/** Between two attempts, whatever was asked for: what is stored as due after more than this is a clock's mistake. */
export const longestDelay = 60 * 60_000;

/**
 * The delivery as it stands after an attempt that ended at `now`, when the target's clock said `clock`: delivered; to be
 * tried again, the last time when its days are over; or dead.
 */
export function settled(
  delivery: Delivery,
  outcome: Outcome,
  options: Config['delivery'],
  { now, clock }: { now: number; clock: number },
): Delivery {
  const attempts = delivery.attempts + 1;
  const lastAttemptAt = new Date(now).toISOString();
  const after = { ...delivery, attempts, lastAttemptAt, clockFrom: delivery.clockFrom ?? clock };
  if (outcome.kind === 'accepted')
    return { ...after, state: 'delivered', deliveredAt: lastAttemptAt, problem: null };
  const problem = outcome.problem.toJSON();
  if (outcome.kind === 'gone') return { ...after, nextAttemptAt: lastAttemptAt, problem };
  const left = timeLeft(after, options, clock);
  if (outcome.kind === 'rejected' || left <= 0) return { ...after, state: 'dead', problem };
  const delay = backOff(attempts, { first: options.firstRetrySeconds * 1000, cap: longestDelay });
  const asked = outcome.after === null ? 0 : outcome.after.getTime() - now;
  const wait = Math.min(Math.max(delay, asked), longestDelay, left);
  return { ...after, nextAttemptAt: new Date(now + wait).toISOString(), problem };
}

/** How long a delivery may still fail before it is a dead letter, in milliseconds; a replay counts anew. */
export function timeLeft({ clockFrom }: Delivery, options: Config['delivery'], clock: number): number {
  return options.giveUpAfterHours * 60 * 60_000 - (clock - (clockFrom ?? clock));
}

/**
 * Writes down how an attempt ended, and tells. Repeated through trouble of the store (a full disk), as what is not
 * written down is delivered again; throws that trouble only once `stopping` aborts. `attempt`: null for one that was
 * given up without.
 */
export async function settle(
  after: Delivery,
  attempt: DeliveryAttempt | null,
  {
    target,
    store,
    events,
    log,
    stopping,
  }: { target: Target; store: Store; events: EventBus; log: Log; stopping: AbortSignal },
): Promise<void> {
  await untilDone(
    () => store.deliveries.settle(after, attempt ?? undefined),
    stopping,
    (error) =>
      log.error({ delivery: after.id, err: error }, 'a delivery waits to be settled: the store cannot write'),
  );
  if (after.state === 'dead')
    log.warn({ delivery: after.id, problem: after.problem?.code }, 'a delivery is a dead letter');
  events.emit('delivery.settled', {
    deliveryId: after.id,
    item: after.item,
    destinationId: target.id,
    destination: target.name,
    state: after.state,
    attempt: after.attempts,
    seconds: (attempt?.took ?? 0) / 1000,
    problem: after.problem,
  });
}
