import type { Kysely } from 'kysely';
import type { SessionStore } from '../store.ts';
import type { Tables } from './tables.ts';

export function sessionStore(db: Kysely<Tables>): SessionStore {
  return {
    async add(session) {
      await db
        .insertInto('session')
        .values({ id_hash: session.idHash, created_at: session.createdAt, expires_at: session.expiresAt })
        .execute();
    },
    async get(idHash) {
      const row = await db.selectFrom('session').selectAll().where('id_hash', '=', idHash).executeTakeFirst();
      return row ? { idHash: row.id_hash, createdAt: row.created_at, expiresAt: row.expires_at } : null;
    },
    async remove(idHash) {
      await db.deleteFrom('session').where('id_hash', '=', idHash).execute();
    },
    async sweep(before) {
      await db.deleteFrom('session').where('expires_at', '<', before).execute();
    },
  };
}
