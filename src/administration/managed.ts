import type { Collection } from '../resources/collection.ts';
import type { ResourceRecord } from '../resources/resource.ts';

/** What can be done with the records of a resource, whichever way it is asked for. */
export type Managed<R extends ResourceRecord> = Omit<Collection<R>, 'note' | 'onChange' | 'find'>;

/** That of a collection, some of it done in another way. */
export function managed<R extends ResourceRecord, Own>(
  collection: Collection<R>,
  own: Own,
): Omit<Managed<R>, keyof Own> & Own {
  const { resource, list, all, get, create, update, remove } = collection;
  return { resource, list, all, get, create, update, remove, ...own };
}
