import { backOff } from '../concurrency/back-off.ts';
import { untilDone } from '../concurrency/retry.ts';
import type { Config } from '../config/config.ts';
import type { Delivery, Outcome } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Target } from './handler.ts';

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

/**
 * Writes down how an attempt ended, and tells. Repeated through trouble of the store (a full disk), as what is not
 * written down is delivered again; throws that trouble only once `stopping` aborts. `seconds`: how long it took.
 */
export async function settle(
  after: Delivery,
  seconds: number,
  {
    target,
    store,
    events,
    log,
    stopping,
  }: { target: Target; store: Store; events: EventBus; log: Log; stopping: AbortSignal },
): Promise<void> {
  await untilDone(
    () => store.deliveries.settle(after),
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
    seconds,
    problem: after.problem,
  });
}
