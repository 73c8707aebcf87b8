import type { Transaction } from 'kysely';
import { newId } from '../../model/id.ts';
import type { OutgoingMail } from '../../model/outgoing.ts';
import type { Draft } from '../outbox.ts';
import { newDelivery } from './deliveries.ts';
import { type Chunk, compressSource } from './sources.ts';
import type { Tables } from './tables.ts';

/** A draft whose bytes are compressed, which takes its time outside of the transaction. */
export interface Prepared {
  mail: OutgoingMail;
  /** Null where the source is spooled. */
  chunks: Chunk[] | null;
  sourceId: string;
}

export async function prepare({ mail, raw }: Draft): Promise<Prepared> {
  return 'bytes' in raw
    ? { mail, chunks: await compressSource(raw.bytes), sourceId: newId('src') }
    : { mail, chunks: null, sourceId: raw.sourceId };
}

/**
 * Writes mails with the deliveries that take them out. An answer to a mail is of the thread of what it answers, also
 * for what answers it in turn.
 */
export async function insertDrafts(tx: Transaction<Tables>, prepared: Prepared[]): Promise<void> {
  for (const { mail, chunks, sourceId } of prepared) {
    for (const chunk of chunks ?? [])
      await tx
        .insertInto('source_chunk')
        .values({ source_id: sourceId, ...chunk })
        .execute();
    if (chunks === null) await tx.deleteFrom('spool').where('source_id', '=', sourceId).execute();
    await tx.insertInto('outgoing_mail').values(toRow(mail, sourceId)).execute();
    await tx
      .insertInto('delivery')
      .values(
        newDelivery({ kind: 'mail', id: mail.id }, { kind: 'outgoing-server', id: mail.serverId }, mail),
      )
      .execute();
    if (mail.inReplyTo !== null) await joinThread(tx, mail, mail.inReplyTo);
  }
}

function toRow(mail: OutgoingMail, sourceId: string) {
  return {
    id: mail.id,
    server_id: mail.serverId,
    thread_id: mail.threadId,
    message_id: mail.messageId,
    in_reply_to: mail.inReplyTo,
    subject: mail.subject,
    sender: mail.sender,
    recipients: JSON.stringify(mail.recipients),
    size: mail.size,
    created_at: mail.createdAt,
    source_id: sourceId,
  };
}

async function joinThread(tx: Transaction<Tables>, mail: OutgoingMail, answered: string): Promise<void> {
  const message = await tx
    .selectFrom('message')
    .select('server_id')
    .where('id', '=', answered)
    .executeTakeFirst();
  if (!message) return;
  await tx
    .insertInto('thread_reference')
    .values({ server_id: message.server_id, reference: mail.messageId, thread_id: mail.threadId })
    .onConflict((conflict) => conflict.columns(['server_id', 'reference']).doNothing())
    .execute();
}
