import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { NamedTarget } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { findDelivery, findDeliveryTarget } from './find.ts';

const pageSize = 50;

export function createDeliveriesAdministration({
  store,
  dispatcher,
}: {
  store: Store;
  dispatcher: Pick<Dispatcher, 'wake'>;
}): Administration['deliveries'] {
  return {
    list: (query) => store.deliveries.list({ limit: pageSize, ...query }),
    get: (id) => findDelivery(store, id),
    counts: () => store.deliveries.counts(),
    targets: () => deliveryTargets(store),
    async replay(which) {
      if ('state' in which && which.destinationId !== undefined)
        await findDeliveryTarget(store, which.destinationId);
      const count = await store.deliveries.replay(which);
      dispatcher.wake();
      return count;
    },
  };
}

/** Everything that deliveries go to: destinations, then outgoing email servers. */
export async function deliveryTargets({ destinations, outgoingServers }: Store): Promise<NamedTarget[]> {
  const [named, outgoing] = await Promise.all([destinations.list(), outgoingServers.list()]);
  return [
    ...named.map(({ id, name }) => ({ kind: 'destination' as const, id, name })),
    ...outgoing.map(({ id, name }) => ({ kind: 'outgoing-server' as const, id, name })),
  ];
}
