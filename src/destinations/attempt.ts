import type { Delivery, Outcome } from '../model/delivery.ts';
import { Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Destination } from './destination.ts';

/** How one attempt ended, and whether that tells anything of the destination: trouble on our own side does not. */
export interface Attempted {
  outcome: Outcome;
  reached: boolean;
}

/** Hands one message over, once. Never throws. */
export async function attempt(
  delivery: Delivery,
  {
    destination,
    store,
    url,
    log,
  }: {
    destination: Destination;
    store: Store;
    url: (messageId: string, attachmentIndex: number | null) => string;
    log: Log;
  },
  signal: AbortSignal,
): Promise<Attempted> {
  try {
    const message = await store.messages.get(delivery.messageId);
    if (!message) return { outcome: { kind: 'rejected', problem: messageGone() }, reached: false };
    const outcome = await destination.deliver(
      {
        deliveryId: delivery.id,
        attempt: delivery.attempts + 1,
        message,
        raw: (offset, length) => store.messages.raw(message.id, offset, length),
        url: (attachment) => url(message.id, attachment?.index ?? null),
      },
      signal,
    );
    return { outcome, reached: true };
  } catch (error) {
    if (error instanceof Problem && error.code === 'message.source-expired')
      return { outcome: { kind: 'rejected', problem: error }, reached: false };
    log.error({ delivery: delivery.id, err: error }, 'a message could not be handed over');
    return { outcome: { kind: 'retry', after: null, problem: Problem.from(error) }, reached: false };
  }
}

function messageGone(): Problem {
  return new Problem({
    code: 'delivery.message-gone',
    title: 'The message is no longer kept',
    cause: 'The retention rule has removed it.',
    remedy: 'Keep messages longer with retention.messageDays.',
  });
}
