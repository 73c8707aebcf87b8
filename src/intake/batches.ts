import { setTimeout as sleep } from 'node:timers/promises';

/** A batch is closed at so many items or so many bytes, or when the next item keeps it waiting. */
export interface BatchLimits {
  items: number;
  bytes: number;
  waitMilliseconds: number;
}

/**
 * Gathers items so that many share one transaction while they stream in, and a lone one does not wait
 * for company. Asks for the next item while the batch before is being worked on.
 */
export async function* inBatches<T>(
  items: AsyncIterable<T>,
  sizeOf: (item: T) => number,
  limits: BatchLimits,
): AsyncIterable<T[]> {
  const iterator = items[Symbol.asyncIterator]();
  let batch: T[] = [];
  let bytes = 0;
  const take = () => {
    const full = batch;
    batch = [];
    bytes = 0;
    return full;
  };
  try {
    for (;;) {
      const next = iterator.next();
      // It is awaited below; until then a failure must not count as unhandled.
      next.catch(() => undefined);
      if (batch.length >= limits.items || bytes >= limits.bytes) yield take();
      else if (batch.length > 0 && !(await settlesWithin(next, limits.waitMilliseconds))) yield take();
      const result = await next;
      if (result.done) return;
      batch.push(result.value);
      bytes += sizeOf(result.value);
    }
  } finally {
    // What came before the end, or before a failure, is whole and counts.
    if (batch.length > 0) yield take();
    await iterator.return?.();
  }
}

async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      promise.then(
        () => true,
        () => true,
      ),
      sleep(milliseconds, false, { signal: stop.signal }),
    ]);
  } finally {
    stop.abort();
  }
}
