import { sleep } from './sleep.ts';

/** What the promise gives, or `late` after so many milliseconds; what it stands for goes on then. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | 'late'> {
  const over = new AbortController();
  const late = sleep(milliseconds, over.signal).then(() => 'late' as const);
  try {
    return await Promise.race([promise, late]);
  } finally {
    over.abort();
  }
}
