import { sql, type Transaction } from 'kysely';
import type { AutomaticReply } from '../outbox.ts';
import type { Receipt, Received } from '../store.ts';
import { insertDrafts, type Prepared, prepare } from './drafts.ts';
import type { MessageRow, Tables } from './tables.ts';

/** An automatic reply, its bytes compressed. */
type PreparedReply = Prepared & Omit<AutomaticReply, 'draft'>;

export async function prepareAutomaticReplies(receipts: Receipt[]): Promise<(PreparedReply | null)[]> {
  return Promise.all(
    receipts.map(async ({ automaticReply: reply }) => {
      if (!reply) return null;
      const { draft, ...conditions } = reply;
      return { ...(await prepare(draft)), ...conditions };
    }),
  );
}

/**
 * Writes the replies to messages that turned out to be new, in the transaction that stores these: so each is answered
 * exactly once. A sender who had a reply of the server lately gets none (RFC 3834 2), nor does anybody while many went
 * out lately: what was answered is counted here, so that a restart forgets nothing.
 */
export async function insertAutomaticReplies(
  tx: Transaction<Tables>,
  serverId: string,
  replies: (PreparedReply | null)[],
  received: Received[],
  messages: Pick<MessageRow, 'id' | 'thread_id' | 'stored_at'>[],
): Promise<void> {
  const stored = new Map(messages.map((message) => [message.id, message]));
  for (const [i, reply] of replies.entries()) {
    const { outcome, messageId } = received[i] as Received;
    const message = stored.get(messageId);
    if (!reply || outcome !== 'new' || !message) continue;
    const { stored_at: createdAt, thread_id: threadId } = message;
    if ((await tooMany(tx, reply)) || !(await mayReply(tx, serverId, reply, createdAt))) continue;
    const mail = { ...reply.mail, inReplyTo: messageId, threadId, createdAt };
    await insertDrafts(tx, [{ ...reply, mail }]);
  }
}

/** The condition makes it one in its time, whoever else is answered in the same moment. */
async function mayReply(
  tx: Transaction<Tables>,
  serverId: string,
  { to, unlessSince }: PreparedReply,
  now: string,
): Promise<boolean> {
  const written = await tx
    .insertInto('answered_sender')
    .values({ server_id: serverId, sender: to, answered_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['server_id', 'sender'])
        .doUpdateSet({ answered_at: now })
        .where('answered_sender.answered_at', '<=', unlessSince),
    )
    .executeTakeFirst();
  return written.numInsertedOrUpdatedRows === 1n;
}

async function tooMany(tx: Transaction<Tables>, { to, unlessMore }: PreparedReply): Promise<boolean> {
  const { since, ofDomain, inAll } = unlessMore;
  const ofSame = `%${to.slice(to.lastIndexOf('@')).replace(/[%_!]/g, '!$&')}`;
  const { total, same } = await tx
    .selectFrom('answered_sender')
    .where('answered_at', '>', since)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .select(
      sql<number>`coalesce(sum(case when sender like ${ofSame} escape '!' then 1 else 0 end), 0)`.as('same'),
    )
    .executeTakeFirstOrThrow();
  return total >= inAll || same >= ofDomain;
}
