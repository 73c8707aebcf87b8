import type { Kysely } from 'kysely';
import type { SettingStore } from '../store.ts';
import type { Tables } from './tables.ts';

export function settingStore(db: Kysely<Tables>): SettingStore {
  return {
    async get(key) {
      const row = await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
      return row?.value ?? null;
    },
    async set(key, value) {
      await db
        .insertInto('setting')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute();
    },
    async claim(key, value) {
      const result = await db
        .insertInto('setting')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async delete(key) {
      await db.deleteFrom('setting').where('key', '=', key).execute();
    },
  };
}
