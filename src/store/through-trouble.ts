import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../model/backoff.ts';

const delay = { first: 1_000, cap: 30_000 };

/**
 * Writes what must not be lost, again and again through trouble of the store (a full disk); `failed` hears of each.
 * Throws that trouble only once `signal` has aborted.
 */
export async function throughTrouble(
  write: () => Promise<void>,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  for (let failures = 1; ; failures++)
    try {
      return await write();
    } catch (error) {
      if (signal.aborted) throw error;
      failed(error);
      await sleep(backoff(failures, delay), undefined, { signal }).catch(() => undefined);
    }
}
