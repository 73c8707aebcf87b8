/** Does one thing after the other, whoever asks; what fails holds nobody up. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
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
