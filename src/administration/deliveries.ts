import type { Dispatcher } from '../destinations/dispatcher.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { findDelivery } from './find.ts';

const pageSize = 50;

export function createDeliveriesAdministration({
  store,
  dispatcher,
}: {
  store: Store;
  dispatcher: Dispatcher;
}): Administration['deliveries'] {
  return {
    list: (query) => store.deliveries.list({ limit: pageSize, ...query }),
    get: (id) => findDelivery(store, id),
    counts: () => store.deliveries.counts(),
    async replay(which) {
      const count = await store.deliveries.replay(which);
      dispatcher.wake();
      return count;
    },
  };
}
