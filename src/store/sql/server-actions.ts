import { type Kysely, sql } from 'kysely';
import type { DueAction } from '../../model/message.ts';
import type { MailboxStore } from '../store.ts';
import { forStatements } from './statements.ts';
import type { Tables } from './tables.ts';

type ServerActions = Pick<
  MailboxStore,
  'dueActions' | 'nextAction' | 'actionsDone' | 'actionsRefused' | 'refusedActions'
>;

/** What is owed to mail servers for the messages that are stored; it stands beside their positions. */
export function serverActions(db: Kysely<Tables>): ServerActions {
  return {
    async dueActions(serverId, now, limit) {
      const rows = await db
        .selectFrom('position')
        .select(['folder', 'validity', 'uid', 'generation', 'refusals', 'received_at', 'size', 'message_id'])
        .where('server_id', '=', serverId)
        .where('acknowledgement', '=', sql.lit('due'))
        .where('acknowledge_at', '<=', now)
        .orderBy('acknowledge_at')
        .limit(limit)
        .execute();
      return rows.map(({ received_at, size, message_id, ...position }) => ({
        ...position,
        announced: { receivedAt: received_at, size, messageId: message_id },
      }));
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

    async actionsDone(serverId, { done, removed }) {
      await db.transaction().execute(async (tx) => {
        const note = async (actions: readonly DueAction[], acknowledgement: 'done' | 'removed') => {
          for (const [place, uids] of inFolders(actions))
            await tx
              .updateTable('position')
              .set({ acknowledgement })
              .where((e) => e.and({ server_id: serverId, ...place }))
              .where('uid', 'in', uids)
              .where('acknowledgement', '=', sql.lit('due'))
              .execute();
        };
        await note(removed, 'removed');
        await note(done, 'done');
      });
    },

    ...refusedActions(db),
  };
}

/** Those that the server refuses for single messages. */
function refusedActions(db: Kysely<Tables>): Pick<ServerActions, 'actionsRefused' | 'refusedActions'> {
  return {
    async actionsRefused(serverId, refused) {
      await db.transaction().execute(async (tx) => {
        for (const { action, dueAt } of refused) {
          const { folder, validity, uid, generation } = action;
          await tx
            .updateTable('position')
            .set((e) => ({ acknowledge_at: dueAt, refusals: e('refusals', '+', 1) }))
            .where((e) => e.and({ server_id: serverId, folder, validity, uid, generation }))
            .where('acknowledgement', '=', sql.lit('due'))
            .execute();
        }
      });
    },

    async refusedActions(serverId) {
      const row = await db
        .selectFrom('position')
        .select((e) => e.fn.countAll().as('count'))
        .where('server_id', '=', serverId)
        .where('acknowledgement', '=', sql.lit('due'))
        .where('refusals', '>', 0)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
  };
}

type Place = Pick<DueAction, 'folder' | 'validity' | 'generation'>;

function* inFolders(actions: readonly DueAction[]): Generator<[Place, string[]]> {
  const groups = Map.groupBy(actions, ({ folder, validity, generation }) =>
    JSON.stringify([folder, validity, generation]),
  );
  for (const group of groups.values())
    for (const some of forStatements(group)) {
      const { folder, validity, generation } = some[0] as DueAction;
      yield [{ folder, validity, generation }, some.map(({ uid }) => uid)];
    }
}
