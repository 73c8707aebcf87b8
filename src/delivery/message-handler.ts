import type { Delivery, Outcome } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { Destination } from './destination.ts';
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
  async function notify({ id, item }: Delivery, signal: AbortSignal): Promise<Outcome> {
    const notification = await store.notices.notification(item.id);
    if (!notification || !destination.notify) throw itemGone(item.kind);
    return destination.notify(id, notification, signal);
  }

  async function deliver({ id, item }: Delivery, signal: AbortSignal): Promise<Outcome> {
    const message = await store.messages.get(item.id);
    if (!message) throw itemGone(item.kind);
    return destination.deliver(
      {
        deliveryId: id,
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
