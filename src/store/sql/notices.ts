import type { Kysely } from 'kysely';
import type { NoticeStore } from '../notices.ts';
import { newDelivery } from './deliveries.ts';
import { insertDrafts, prepare } from './drafts.ts';
import type { Tables } from './tables.ts';

export function noticeStore(db: Kysely<Tables>): NoticeStore {
  return {
    async list() {
      const rows = await db.selectFrom('notice').selectAll().orderBy('since').execute();
      return rows.map((row) => ({ notice: JSON.parse(row.notice), since: row.since, toldAt: row.told_at }));
    },

    async add(notice, since) {
      await db
        .insertInto('notice')
        .values({ key: notice.key, notice: JSON.stringify(notice), since, told_at: null })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    },

    async remove(key) {
      await db.deleteFrom('notice').where('key', '=', key).execute();
    },

    async tell({ notification, drafts, destinationIds }) {
      const prepared = await Promise.all(drafts.map(prepare));
      const { id, raised, mended, createdAt } = notification;
      await db.transaction().execute(async (tx) => {
        for (const notice of raised)
          await tx
            .updateTable('notice')
            .set({ told_at: createdAt, notice: JSON.stringify(notice) })
            .where('key', '=', notice.key)
            .execute();
        for (const { key } of mended) await tx.deleteFrom('notice').where('key', '=', key).execute();
        await tx
          .insertInto('notification')
          .values({ id, record: JSON.stringify(notification), created_at: createdAt })
          .execute();
        await insertDrafts(tx, prepared);
        for (const destinationId of destinationIds)
          await tx
            .insertInto('delivery')
            .values(
              newDelivery(
                { kind: 'notification', id },
                { kind: 'destination', id: destinationId },
                { threadId: 'notifications', createdAt },
              ),
            )
            .execute();
      });
    },

    async notification(id) {
      const row = await db
        .selectFrom('notification')
        .select('record')
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? JSON.parse(row.record) : null;
    },
  };
}
