/**
 * Lets in one after the other, whoever asks: resolves with what lets the next one in, to be called once; a second
 * time does nothing.
 */
export type Lock = () => Promise<() => void>;

export function createLock(): Lock {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    const mine = Promise.withResolvers<void>();
    last = mine.promise;
    await before;
    return mine.resolve;
  };
}

/** Does one thing after the other, whoever asks; what fails holds nobody up. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

export function createMutex(): Mutex {
  const lock = createLock();
  return async (work) => {
    const unlock = await lock();
    try {
      return await work();
    } finally {
      unlock();
    }
  };
}

/** The same for each key by itself: what is done for one holds up no other. */
export interface KeyedMutex {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when everything that was asked for until now has ended. */
  idle(): Promise<void>;
}

export function createKeyedMutex(): KeyedMutex {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const result = (last.get(key) ?? Promise.resolve()).then(work);
      const ended = result.then(forget, forget);
      function forget(): void {
        if (last.get(key) === ended) last.delete(key);
      }
      last.set(key, ended);
      return result;
    },
    async idle() {
      await Promise.all(last.values());
    },
  };
}
