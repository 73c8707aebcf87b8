import type { Kysely } from 'kysely';
import type { SecretStore } from '../store.ts';
import { saveSealed } from './records.ts';
import type { Tables } from './tables.ts';

export function secretStore(db: Kysely<Tables>): SecretStore {
  return {
    async read(owner, name) {
      const row = await db
        .selectFrom('secret')
        .select('sealed')
        .where('owner', '=', owner)
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.sealed ?? null;
    },
    write: (owner, name, sealed) =>
      db.transaction().execute((tx) => saveSealed(tx, owner, { [name]: sealed })),
    remove: (owner, name) => db.transaction().execute((tx) => saveSealed(tx, owner, { [name]: null })),
    all: () => db.selectFrom('secret').selectAll().execute(),
  };
}
