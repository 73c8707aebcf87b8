import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { withText } from '../../mime/text-from-html.ts';
import type { Message, UnderstoodContent } from '../../model/message.ts';
import type { Page } from '../page.ts';
import type { MessageStore, MessageSummary } from '../store.ts';
import { pageOf } from './page.ts';
import { contentColumns, receive } from './receive.ts';
import { knownUids, sameMail } from './recognise.ts';
import { expire } from './retention.ts';
import type { ReadSource } from './source-reader.ts';
import { openSpool } from './sources.ts';
import type { MessageRow, Tables } from './tables.ts';

export function messageStore(db: Kysely<Tables>, read: ReadSource): MessageStore {
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

    list: (query) => list(db, query),

    async count() {
      const row = await db
        .selectFrom('message')
        .select((e) => e.fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },

    async *raw(id, offset, length) {
      const row = await db
        .selectFrom('message')
        .select(['id', 'source_id', 'size', 'sha256'])
        .where('id', '=', id)
        .executeTakeFirst();
      yield* read(row, offset, length);
    },

    known: (serverId, place, uids) => knownUids(db, serverId, place, uids),
    sameMail: (serverId, receipts) => sameMail(db, serverId, receipts),
    expire: (limits) => expire(db, limits),
  };
}

/** The newest first. */
async function list(
  db: Kysely<Tables>,
  { serverId, search, before, limit }: Parameters<MessageStore['list']>[0],
): Promise<Page<MessageSummary>> {
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
}

function toMessage(row: Omit<MessageRow, 'sequence'>): Message {
  return withText<UnderstoodContent & Message>({
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
  });
}
