import { notFound } from '../model/problem.ts';
import type { Store } from '../store/store.ts';

/** How one thing is had by its id. Throws `not-found`. */
type Find<Thing> = (store: Store, id: string) => Promise<Thing>;

/** `remedy` says where the ids that there are can be seen. */
function byId<Thing>(
  get: (store: Store, id: string) => Promise<Thing | null>,
  thing: string,
  remedy: string,
): Find<Thing> {
  return async (store, id) => {
    const found = await get(store, id);
    if (found !== null) return found;
    throw notFound(`There is no such ${thing}`, id, remedy);
  };
}

const expired = 'It may have been removed by the retention rule';

export const findDelivery = byId(
  ({ deliveries }, id) => deliveries.get(id),
  'delivery',
  'List the deliveries to see what is there.',
);

export const findQuarantined = byId(
  ({ quarantine }, id) => quarantine.get(id),
  'quarantined message',
  'List the quarantine to see what is there.',
);

export const findMessage = byId(
  ({ messages }, id) => messages.get(id),
  'message',
  `${expired}; list the messages to see what is there.`,
);

export const findOutgoingMail = byId(
  ({ outbox }, id) => outbox.get(id),
  'outgoing mail',
  `${expired}; list the outgoing mails to see what is there.`,
);
