import type { Delivery } from '../model/delivery.ts';
import { Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Attempted, Carrier, Destination } from './destination.ts';

/** Carries stored messages, and notifications of administrators, to a destination. */
export function messageCarrier({
  destination,
  store,
  url,
  log,
}: {
  destination: Destination;
  store: Store;
  url: (messageId: string, attachmentIndex: number | null) => string;
  log: Log;
}): Carrier {
  async function notify(delivery: Delivery, signal: AbortSignal): Promise<Attempted> {
    const notification = await store.concerns.notification(delivery.messageId);
    if (!notification || !destination.notify)
      return { outcome: { kind: 'rejected', problem: messageGone() }, reached: false };
    return { outcome: await destination.notify(delivery.id, notification, signal), reached: true };
  }

  return {
    concurrency: null,
    async carry(delivery, signal) {
      try {
        if (delivery.messageId.startsWith('ntf_')) return await notify(delivery, signal);
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
        if (error instanceof Problem && error.kind === 'gone')
          return { outcome: { kind: 'rejected', problem: error }, reached: false };
        log.error({ delivery: delivery.id, err: error }, 'a message could not be handed over');
        return { outcome: { kind: 'retry', after: null, problem: Problem.from(error) }, reached: false };
      }
    },
  };
}

function messageGone(): Problem {
  return new Problem({
    code: 'delivery.message-gone',
    kind: 'gone',
    title: 'The message is no longer kept',
    cause: 'The retention rule has removed it.',
    remedy: 'Keep messages longer with retention.messageDays.',
  });
}
