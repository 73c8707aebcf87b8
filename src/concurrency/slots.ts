/** Lets so many in at once, in the order in which they ask. */
export interface Slots {
  /** Resolves with what gives the slot back, to be called once. Rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();

  function give(): void {
    const [next] = waiting;
    if (next) next();
    else free++;
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free--;
      else {
        const turn = Promise.withResolvers<void>();
        const begin = () => {
          waiting.delete(begin);
          turn.resolve();
        };
        const abort = () => {
          waiting.delete(begin);
          turn.reject(signal.reason);
        };
        waiting.add(begin);
        signal.addEventListener('abort', abort, { once: true });
        await turn.promise.finally(() => signal.removeEventListener('abort', abort));
      }
      return give;
    },
  };
}
