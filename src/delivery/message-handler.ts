import type { Delivery, Outcome } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { DeliveryIds, Destination } from './destination.ts';
import { type DeliveryHandler, itemGone } from './handler.ts';

/** Hands stored messages, and notifications of administrators, to a destination. */
export function messageHandler({
  destination,
  store,
  url,
}: {
  destination: Destination;
  store: Store;
  url: (messageId: string, attachmentIndex: number | null) => string;
}): DeliveryHandler {
  async function notify(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const { item } = delivery;
    const notification = await store.notices.notification(item.id);
    if (!notification || !destination.notify) throw itemGone(item.kind);
    return destination.notify(idsOf(delivery), notification, signal);
  }

  async function deliver(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const { item } = delivery;
    const message = await store.messages.get(item.id);
    if (!message) throw itemGone(item.kind);
    return destination.deliver(
      {
        ...idsOf(delivery),
        message,
        raw: (offset, length) => store.messages.raw(message.id, offset, length),
        url: (attachment) => url(message.id, attachment?.index ?? null),
      },
      signal,
    );
  }

  return {
    concurrency: null,
    async attempt(delivery, signal) {
      const handOver = delivery.item.kind === 'notification' ? notify : deliver;
      return { outcome: await handOver(delivery, signal), reached: true };
    },
  };
}

function idsOf({ id, replayId }: Delivery): DeliveryIds {
  return replayId === null ? { deliveryId: id, replayOf: null } : { deliveryId: replayId, replayOf: id };
}
