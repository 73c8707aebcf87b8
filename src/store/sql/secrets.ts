import type { Kysely } from 'kysely';
import type { SecretStore } from '../store.ts';
import { readSealed, saveSealed } from './records.ts';
import type { Tables } from './tables.ts';

export function secretStore(db: Kysely<Tables>): SecretStore {
  return {
    read: (owner, name) => readSealed(db, owner, name),
    write: (owner, name, sealed) =>
      db.transaction().execute((tx) => saveSealed(tx, owner, { [name]: sealed })),
    remove: (owner, name) => db.transaction().execute((tx) => saveSealed(tx, owner, { [name]: null })),
    any: async () =>
      (await db.selectFrom('secret').select('owner').limit(1).executeTakeFirst()) !== undefined,
  };
}
