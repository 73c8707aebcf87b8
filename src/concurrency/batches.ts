/** A batch is closed at so many items or so many bytes, or so long after its first item, whatever comes first. */
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
  let deadline: ReturnType<typeof startDeadline> | null = null;
  const take = () => {
    const full = batch;
    batch = [];
    bytes = 0;
    deadline?.cancel();
    return full;
  };
  try {
    for (;;) {
      const next = iterator.next();
      // It is awaited below; until then a failure must not count as unhandled.
      next.catch(() => undefined);
      if (batch.length >= limits.items || bytes >= limits.bytes) yield take();
      else if (
        deadline &&
        batch.length > 0 &&
        (await Promise.race([settled(next), deadline.passed])) === 'passed'
      )
        yield take();
      const result = await next;
      if (result.done) return;
      if (batch.length === 0) deadline = startDeadline(limits.waitMilliseconds);
      batch.push(result.value);
      bytes += sizeOf(result.value);
    }
  } finally {
    // What came before the end, or before a failure, is whole and counts.
    if (batch.length > 0) yield take();
    deadline?.cancel();
    await iterator.return?.();
  }
}

/** One timer for a batch, not one for each item. */
function startDeadline(milliseconds: number): { passed: Promise<'passed'>; cancel(): void } {
  const { promise: passed, resolve } = Promise.withResolvers<'passed'>();
  const timer = setTimeout(resolve, milliseconds, 'passed');
  return { passed, cancel: () => clearTimeout(timer) };
}

function settled(promise: Promise<unknown>): Promise<'settled'> {
  const told = () => 'settled' as const;
  return promise.then(told, told);
}

/** The items so many at a time. */
export function* inPortions<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
