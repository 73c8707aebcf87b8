import type { Kysely } from 'kysely';
import type { OutgoingMail } from '../../model/outgoing.ts';
import type { OutboxStore } from '../outbox.ts';
import { insertDrafts, prepare } from './drafts.ts';
import { expireMails } from './outbox-retention.ts';
import { pageOf } from './page.ts';
import type { ReadSource } from './source-reader.ts';
import type { OutgoingMailRow, Tables } from './tables.ts';

export function outboxStore(db: Kysely<Tables>, read: ReadSource): OutboxStore {
  return {
    async add(drafts) {
      const prepared = await Promise.all(drafts.map(prepare));
      await db.transaction().execute((tx) => insertDrafts(tx, prepared));
    },

    async get(id) {
      const row = await db.selectFrom('outgoing_mail').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toMail(row) : null;
    },

    async list({ serverId, inReplyTo, before, limit }) {
      let query = db
        .selectFrom('outgoing_mail')
        .selectAll()
        .orderBy('sequence', 'desc')
        .limit(limit + 1);
      if (serverId !== undefined) query = query.where('server_id', '=', serverId);
      if (inReplyTo !== undefined) query = query.where('in_reply_to', '=', inReplyTo);
      if (before !== undefined) query = query.where('sequence', '<', Number(before));
      const rows = await query.execute();
      return pageOf(rows, limit, toMail);
    },

    async *raw(id) {
      const row = await db
        .selectFrom('outgoing_mail')
        .select(['id', 'source_id', 'size'])
        .where('id', '=', id)
        .executeTakeFirst();
      yield* read(row);
    },

    async answered(id, recipients) {
      await db
        .updateTable('outgoing_mail')
        .set({ recipients: JSON.stringify(recipients) })
        .where('id', '=', id)
        .execute();
    },

    expire: (limits) => expireMails(db, limits),
  };
}

function toMail(row: Omit<OutgoingMailRow, 'sequence'>): OutgoingMail {
  return {
    id: row.id,
    serverId: row.server_id,
    sender: row.sender,
    recipients: JSON.parse(row.recipients),
    messageId: row.message_id,
    subject: row.subject,
    inReplyTo: row.in_reply_to,
    threadId: row.thread_id,
    size: row.size,
    createdAt: row.created_at,
  };
}
