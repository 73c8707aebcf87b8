import type { Transaction } from 'kysely';
import type { Receipt, Received } from '../store.ts';
import { insertDrafts, type Prepared, prepare } from './drafts.ts';
import type { MessageRow, Tables } from './tables.ts';

/** An automatic answer, its bytes compressed. */
interface PreparedAnswer extends Prepared {
  to: string;
  unlessSince: string;
}

export async function prepareAnswers(receipts: Receipt[]): Promise<(PreparedAnswer | null)[]> {
  return Promise.all(
    receipts.map(async ({ answer }) =>
      answer ? { ...(await prepare(answer.draft)), to: answer.to, unlessSince: answer.unlessSince } : null,
    ),
  );
}

/**
 * Writes the answers to messages that turned out to be new, in the transaction that stores these: so each is answered
 * exactly once. A sender who had an answer of the server lately gets none (RFC 3834 2).
 */
export async function insertAnswers(
  tx: Transaction<Tables>,
  serverId: string,
  answers: (PreparedAnswer | null)[],
  received: Received[],
  messages: Pick<MessageRow, 'id' | 'thread_id' | 'stored_at'>[],
): Promise<void> {
  const stored = new Map(messages.map((message) => [message.id, message]));
  for (const [i, answer] of answers.entries()) {
    const { outcome, messageId } = received[i] as Received;
    const message = stored.get(messageId);
    if (!answer || outcome !== 'new' || !message) continue;
    const { stored_at: createdAt, thread_id: threadId } = message;
    if (!(await mayAnswer(tx, serverId, answer, createdAt))) continue;
    const mail = { ...answer.mail, inReplyTo: messageId, threadId, createdAt };
    await insertDrafts(tx, [{ ...answer, mail }]);
  }
}

/** The condition makes it one in its time, whoever else is answered in the same moment. */
async function mayAnswer(
  tx: Transaction<Tables>,
  serverId: string,
  { to, unlessSince }: PreparedAnswer,
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
