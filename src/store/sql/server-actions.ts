import { type Kysely, sql } from 'kysely';
import type { Position } from '../../model/message.ts';
import type { MessageStore } from '../store.ts';
import type { Tables } from './tables.ts';

/** What is owed to mail servers for the messages that are stored. */
export function serverActions(
  db: Kysely<Tables>,
): Pick<MessageStore, 'dueActions' | 'nextAction' | 'actionsDone'> {
  return {
    async dueActions(serverId, now, limit) {
      return db
        .selectFrom('position')
        .select(['folder', 'validity', 'uid'])
        .where('server_id', '=', serverId)
        .where('acknowledgement', '=', sql.lit('due'))
        .where('acknowledge_at', '<=', now)
        .orderBy('acknowledge_at')
        .limit(limit)
        .execute();
    },

    async nextAction(serverId) {
      const next = await db
        .selectFrom('position')
        .select('acknowledge_at')
        .where('server_id', '=', serverId)
        .where('acknowledgement', '=', sql.lit('due'))
        .orderBy('acknowledge_at')
        .limit(1)
        .executeTakeFirst();
      return next?.acknowledge_at ?? null;
    },

    async actionsDone(serverId, positions) {
      await db.transaction().execute(async (tx) => {
        for (const [key, group] of Map.groupBy(positions, folderKey))
          await tx
            .updateTable('position')
            .set({ acknowledgement: 'done' })
            .where('server_id', '=', serverId)
            .where('folder', '=', key.slice(key.indexOf(' ') + 1))
            .where('validity', '=', key.slice(0, key.indexOf(' ')))
            .where(
              'uid',
              'in',
              group.map((position) => position.uid),
            )
            .execute();
      });
    },
  };
}

function folderKey(position: Position): string {
  return `${position.validity} ${position.folder}`;
}
