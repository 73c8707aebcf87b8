import type { Transaction } from 'kysely';
import type { Tables } from './tables.ts';

type Remove = (tx: Transaction<Tables>, id: string, options: { keepMessages: boolean }) => Promise<void>;

/** What goes with a record when it is removed, by its type; types that are not here have nothing but the record. */
const dependents: Record<string, Remove> = {
  async profile(tx, id) {
    await tx.deleteFrom('consent').where('profile_id', '=', id).execute();
  },
  async server(tx, id, { keepMessages }) {
    if (!keepMessages) await removeMessages(tx, id);
    for (const table of ['position', 'thread_reference', 'quarantine', 'answered_sender', 'mailbox'] as const)
      await tx.deleteFrom(table).where('server_id', '=', id).execute();
  },
  async destination(tx, id) {
    await tx.deleteFrom('endpoint').where('target_id', '=', id).execute();
    await tx.deleteFrom('delivery').where('destination_id', '=', id).execute();
  },
  async 'outgoing-server'(tx, id) {
    const sources = tx.selectFrom('outgoing_mail').select('source_id').where('server_id', '=', id);
    await tx.deleteFrom('source_chunk').where('source_id', 'in', sources).execute();
    await tx.deleteFrom('endpoint').where('target_id', '=', id).execute();
    await tx.deleteFrom('delivery').where('destination_id', '=', id).execute();
    await tx.deleteFrom('outgoing_mail').where('server_id', '=', id).execute();
  },
};

export async function removeDependents(
  tx: Transaction<Tables>,
  type: string,
  id: string,
  options: { keepMessages: boolean },
): Promise<void> {
  if (Object.hasOwn(dependents, type)) await dependents[type]?.(tx, id, options);
}

async function removeMessages(tx: Transaction<Tables>, serverId: string): Promise<void> {
  const messages = tx.selectFrom('message').select('id').where('server_id', '=', serverId);
  const sources = tx.selectFrom('message').select('source_id').where('server_id', '=', serverId);
  await tx.deleteFrom('delivery').where('message', 'in', messages).execute();
  await tx.deleteFrom('source_chunk').where('source_id', 'in', sources).execute();
  await tx.deleteFrom('message').where('server_id', '=', serverId).execute();
}
