import type { Store } from '../store/store.ts';

const limitKey = 'intake.message-limit';

/**
 * Messages that are not asked for again by themselves, as they are too large, are asked for once more where the limit,
 * in bytes, is higher than at the last start. Comes before the mailboxes are read.
 */
export async function followMessageLimit(
  { quarantine, settings }: Pick<Store, 'quarantine' | 'settings'>,
  limit: number,
): Promise<void> {
  const before = await settings.get(limitKey);
  if (before === `${limit}`) return;
  if (limit > Number(before))
    for (const entry of await quarantine.list())
      if (entry.messageId === null && entry.nextLookAt === null)
        await quarantine.setLook(entry.id, { ...entry, nextLookAt: new Date().toISOString() });
  await settings.set(limitKey, `${limit}`);
}
