import { type BackOff, backOff } from './back-off.ts';
import { sleep } from './sleep.ts';

const trouble: BackOff = { first: 1_000, cap: 30_000 };

/**
 * Does what must not be left undone, again and again through trouble (a full disk); `failed` hears of each failure.
 * Throws the last one only once `signal` has aborted.
 */
export async function untilDone<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<T> {
  for (let failures = 1; ; failures++)
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw error;
      failed(error);
      await sleep(backOff(failures, trouble), signal);
    }
}
