import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { NamedTarget } from '../model/delivery.ts';
import { notFound } from '../model/problem.ts';
import type { Collections } from '../resources/collections.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { findDelivery } from './find.ts';

const pageSize = 50;

type Targets = Pick<Collections, 'destinations' | 'outgoingServers'>;

export function createDeliveriesAdministration({
  resources,
  store,
  dispatcher,
}: {
  resources: Targets;
  store: Store;
  dispatcher: Pick<Dispatcher, 'wake'>;
}): Administration['deliveries'] {
  async function assertTarget(id: string): Promise<void> {
    if ((await deliveryTargets(resources)).some((target) => target.id === id)) return;
    throw notFound(
      'There is no such destination',
      id,
      'List the destinations and the outgoing servers to see what is there.',
    );
  }

  return {
    list: (query) => store.deliveries.list({ limit: pageSize, ...query }),
    get: (id) => findDelivery(store, id),
    attempts: (id) => store.deliveries.attempts(id),
    counts: () => store.deliveries.counts(),
    targets: () => deliveryTargets(resources),
    async replay(which) {
      if ('state' in which && which.destinationId !== undefined) await assertTarget(which.destinationId);
      const count = await store.deliveries.replay(which);
      dispatcher.wake();
      return count;
    },
  };
}

/** Everything that deliveries go to: destinations, then outgoing email servers. */
export async function deliveryTargets({ destinations, outgoingServers }: Targets): Promise<NamedTarget[]> {
  const [named, outgoing] = await Promise.all([destinations.list(), outgoingServers.list()]);
  return [
    ...named.map(({ id, name }) => ({ kind: 'destination' as const, id, name })),
    ...outgoing.map(({ id, name }) => ({ kind: 'outgoing-server' as const, id, name })),
  ];
}
