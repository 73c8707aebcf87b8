import type { Transaction } from 'kysely';
import { inPortions } from '../../concurrency/batches.ts';
import { newId } from '../../model/id.ts';
import type { MessageContent } from '../../model/message.ts';
import type { Tables } from './tables.ts';

/** A message names its ancestors in References; more than so many of the nearest ones add nothing. */
const ancestors = 30;
/** Engines limit the number of parameters. */
const referencesAtOnce = 1000;

/**
 * The thread of each message, in their order: that of any message it refers to or that referred to it
 * (RFC 5322 3.6.4), also when the answer came before the question; else a new one.
 */
export async function assignThreads(
  tx: Transaction<Tables>,
  serverId: string,
  contents: MessageContent[],
): Promise<string[]> {
  const references = contents.map(referencesOf);
  const all = [...new Set(references.flat())];
  const threads = new Map<string, string>();
  for (const some of inPortions(all, referencesAtOnce)) {
    const rows = await tx
      .selectFrom('thread_reference')
      .select(['reference', 'thread_id'])
      .where('server_id', '=', serverId)
      .where('reference', 'in', some)
      .execute();
    for (const row of rows) threads.set(row.reference, row.thread_id);
  }
  const fresh: Tables['thread_reference'][] = [];
  const assigned = references.map((ids) => {
    const threadId = ids.map((id) => threads.get(id)).find((thread) => thread !== undefined) ?? newId('thr');
    for (const id of ids)
      if (!threads.has(id)) {
        threads.set(id, threadId);
        fresh.push({ server_id: serverId, reference: id, thread_id: threadId });
      }
    return threadId;
  });
  for (const some of inPortions(fresh, referencesAtOnce))
    await tx.insertInto('thread_reference').values(some).execute();
  return assigned;
}

/** The nearest relation first: what it answers, then its ancestors from the newest, then itself. */
function referencesOf(content: MessageContent): string[] {
  const own = content.messageId === null ? [] : [content.messageId];
  return [...new Set([...content.inReplyTo, ...content.references.toReversed()])]
    .slice(0, ancestors)
    .concat(own);
}
