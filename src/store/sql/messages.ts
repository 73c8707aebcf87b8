import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { inPortions } from '../../concurrency/batches.ts';
import type { Message, Position } from '../../model/message.ts';
import type { MessageStore } from '../store.ts';
import { pageOf } from './page.ts';
import { contentColumns, receive } from './receive.ts';
import { expire } from './retention.ts';
import { openSpool, readSource } from './sources.ts';
import type { MessageRow, Tables } from './tables.ts';

/** Engines limit the number of parameters. */
const uidsPerStatement = 500;

export function messageStore(db: Kysely<Tables>): MessageStore {
  return {
    receive: (server, receipts) => receive(db, server, receipts),
    spool: () => openSpool(db),

    async get(id) {
      const row = await db.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toMessage(row) : null;
    },

    setUnderstood: (id, { content, fingerprint }) =>
      db.transaction().execute(async (tx) => {
        await tx.updateTable('message').set(contentColumns(content)).where('id', '=', id).execute();
        await tx.updateTable('position').set({ fingerprint }).where('message', '=', id).execute();
      }),

    async list({ serverId, search, before, limit }) {
      let query = db
        .selectFrom('message')
        .select(['sequence', 'id', 'server_id', 'thread_id', 'folder', 'subject', 'sender', 'received_at'])
        .select(['stored_at', 'size', 'attachments', 'defects'])
        .orderBy('sequence', 'desc')
        .limit(limit + 1);
      if (serverId !== undefined) query = query.where('server_id', '=', serverId);
      if (before !== undefined) query = query.where('sequence', '<', Number(before));
      if (search) {
        const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
        query = query.where(
          sql<boolean>`(lower(subject) like ${pattern} escape '\\' or lower(sender) like ${pattern} escape '\\')`,
        );
      }
      const rows = await query.execute();
      return pageOf(rows, limit, (row) => ({
        id: row.id,
        serverId: row.server_id,
        threadId: row.thread_id,
        folder: row.folder,
        subject: row.subject,
        from: row.sender,
        receivedAt: row.received_at,
        storedAt: row.stored_at,
        size: row.size,
        attachments: row.attachments,
        defects: row.defects,
      }));
    },

    async count() {
      const row = await db
        .selectFrom('message')
        .select((e) => e.fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },

    async *raw(id, offset, length) {
      const row = await db.selectFrom('message').select('source_id').where('id', '=', id).executeTakeFirst();
      yield* readSource(db, row?.source_id ?? null, offset, length);
    },

    async known(serverId, { folder, validity }, uids) {
      const known = new Set<string>();
      for (const some of inPortions(uids, uidsPerStatement)) {
        for (const table of ['position', 'quarantine'] as const) {
          const rows = await db
            .selectFrom(table)
            .select('uid')
            .where('server_id', '=', serverId)
            .where('folder', '=', folder)
            .where('validity', '=', validity)
            .where('uid', 'in', some)
            .execute();
          for (const { uid } of rows) known.add(uid);
        }
      }
      return known;
    },

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

    expire: (limits) => expire(db, limits),
  };
}

function folderKey(position: Position): string {
  return `${position.validity} ${position.folder}`;
}

function toMessage(row: Omit<MessageRow, 'sequence'>): Message {
  return {
    id: row.id,
    serverId: row.server_id,
    mailbox: row.mailbox,
    folder: row.folder,
    threadId: row.thread_id,
    receivedAt: row.received_at,
    storedAt: row.stored_at,
    size: row.size,
    sha256: row.sha256,
    ...JSON.parse(row.content),
  };
}
