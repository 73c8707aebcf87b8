import { randomUUID } from 'node:crypto';
import type { Faults } from './faults.ts';
import type { Change, Mailbox, Message } from './mailbox.ts';
import type { Notifier } from './notifier.ts';

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed';

export interface Subscription {
  id: string;
  resource: string;
  mailbox: Mailbox;
  /** Null where the whole mailbox is subscribed to. */
  folderId: string | null;
  changeTypes: string[];
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string | null;
  applicationId: string;
  expiresAt: Date;
  immutableIds: boolean;
  /** Waits for a renewal or `reauthorize`; until then changes are not told. */
  isPaused: boolean;
}

/** One notification that was sent, and how the endpoint answered. */
export interface SentNotification {
  subscriptionId: string;
  /** The change or the lifecycle event. */
  what: string;
  status: number;
}

/** Who is told of changes, and the telling. */
export function createSubscriptions(notifier: Notifier, faults: Faults, tenantId: string) {
  const known = new Map<string, Subscription>();
  const sent: SentNotification[] = [];

  function current(): Subscription[] {
    for (const { id, expiresAt } of known.values()) if (expiresAt.getTime() <= Date.now()) known.delete(id);
    return [...known.values()];
  }

  async function send(subscription: Subscription, url: string, what: string, more: object): Promise<void> {
    const { id, expiresAt, clientState } = subscription;
    const about = {
      subscriptionId: id,
      subscriptionExpirationDateTime: expiresAt.toISOString(),
      tenantId,
      ...(clientState !== null && { clientState }),
    };
    const status = await notifier.notify(url, [{ ...about, ...more }]);
    sent.push({ subscriptionId: id, what, status });
  }

  return {
    sent,
    all: current,
    find: (id: string) => current().find((subscription) => subscription.id === id),
    add(fields: Omit<Subscription, 'id' | 'isPaused'>): Subscription {
      const subscription = { id: randomUUID(), isPaused: false, ...fields };
      known.set(subscription.id, subscription);
      return subscription;
    },
    remove: (id: string) => known.delete(id),

    /** Tells everybody who wants to know. */
    changed(mailbox: Mailbox, change: Change, message: Message): void {
      for (const subscription of current()) {
        const { folderId, changeTypes, notificationUrl, immutableIds, isPaused } = subscription;
        if (subscription.mailbox !== mailbox || isPaused || faults.notificationsLost) continue;
        if (!changeTypes.includes(change)) continue;
        if (folderId !== null && folderId !== message.folder.id) continue;
        const id = immutableIds ? message.immutableId : message.id;
        const resource = `Users/${mailbox.address}/Messages/${id}`;
        const resourceData = { '@odata.type': '#Microsoft.Graph.Message', '@odata.id': resource, id };
        void send(subscription, notificationUrl, change, { changeType: change, resource, resourceData });
      }
    },

    /** Sends a lifecycle event for every subscription, and does what it says. Resolves when all were answered. */
    async lifecycle(event: LifecycleEvent): Promise<void> {
      await Promise.all(
        current().map(async (subscription) => {
          if (event === 'subscriptionRemoved') known.delete(subscription.id);
          if (event === 'reauthorizationRequired') subscription.isPaused = true;
          if (subscription.lifecycleNotificationUrl !== null)
            await send(subscription, subscription.lifecycleNotificationUrl, event, { lifecycleEvent: event });
        }),
      );
    },
  };
}

export type Subscriptions = ReturnType<typeof createSubscriptions>;

/** Whether two are for the same resource and changes, of one application: there is no second such one. */
export function areAlike(
  one: Subscription,
  other: Pick<Subscription, 'mailbox' | 'folderId' | 'changeTypes' | 'applicationId'>,
): boolean {
  return (
    one.applicationId === other.applicationId &&
    one.mailbox === other.mailbox &&
    one.folderId === other.folderId &&
    one.changeTypes.toSorted().join() === other.changeTypes.toSorted().join()
  );
}
