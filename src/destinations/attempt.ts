import type { Config } from '../config/config.ts';
import { backoff } from '../model/backoff.ts';
import type { Delivery, Outcome } from '../model/delivery.ts';
import { Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Destination } from './destination.ts';

const longestDelay = 60 * 60_000;

/** Hands one message over, once. What throws on our side of the wire is an outcome too: try again later. */
export async function attempt(
  delivery: Delivery,
  destination: Destination,
  store: Store,
  url: (messageId: string, attachmentIndex: number | null) => string,
  signal: AbortSignal,
): Promise<Outcome> {
  const message = await store.messages.get(delivery.messageId);
  if (!message) return { kind: 'rejected', problem: messageGone() };
  try {
    return await destination.deliver(
      {
        deliveryId: delivery.id,
        attempt: delivery.attempts + 1,
        message,
        raw: (offset, length) => store.messages.raw(message.id, offset, length),
        url: (attachment) => url(message.id, attachment?.index ?? null),
      },
      signal,
    );
  } catch (error) {
    return { kind: 'retry', after: null, problem: Problem.from(error) };
  }
}

/** The delivery as it stands after an attempt: done, to be tried again and when, or dead. */
export function settled(
  delivery: Delivery,
  outcome: Outcome,
  options: Config['delivery'],
  now: number,
): Delivery {
  const attempts = delivery.attempts + 1;
  const after = { ...delivery, attempts, lastAttemptAt: new Date(now).toISOString() };
  if (outcome.kind === 'accepted')
    return { ...after, state: 'delivered', deliveredAt: after.lastAttemptAt, problem: null };
  const problem = outcome.problem.toJSON();
  if (outcome.kind === 'rejected') return { ...after, state: 'dead', problem };
  const delay = backoff(attempts, { first: options.firstRetrySeconds * 1000, cap: longestDelay });
  const next = Math.max(now + delay, outcome.after?.getTime() ?? 0);
  const giveUpAt = Date.parse(delivery.createdAt) + options.giveUpAfterHours * 60 * 60_000;
  if (next > giveUpAt) return { ...after, state: 'dead', problem };
  return { ...after, nextAttemptAt: new Date(next).toISOString(), problem };
}

function messageGone(): Problem {
  return new Problem({
    code: 'delivery.message-gone',
    title: 'The message is no longer kept',
    cause: 'The retention rule has removed it.',
    remedy: 'Keep messages longer with retention.messageDays.',
  });
}
