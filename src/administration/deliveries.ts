import type { Dispatcher } from '../destinations/dispatcher.ts';
import { Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';

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
    async get(id) {
      const delivery = await store.deliveries.get(id);
      if (delivery) return delivery;
      throw new Problem({
        code: 'not-found',
        title: 'There is no such delivery',
        detail: id,
        remedy: 'List the deliveries to see what is there.',
      });
    },
    counts: () => store.deliveries.counts(),
    async replay(which) {
      const count = await store.deliveries.replay(which);
      dispatcher.wake();
      return count;
    },
  };
}
