import { setTimeout as pause } from 'node:timers/promises';

/** When to look at the mailbox again. */
export interface Watch {
  /** Resolves when somebody woke it since the last time, or after `reconcileSeconds` at the latest (P34). */
  next(signal: AbortSignal): Promise<void>;
  wake(): void;
}

export function createWatch({ reconcileSeconds }: { reconcileSeconds: number }): Watch {
  let woken = Promise.withResolvers<void>();
  return {
    async next(signal) {
      const over = new AbortController();
      const waiting = pause(reconcileSeconds * 1000, undefined, {
        signal: AbortSignal.any([signal, over.signal]),
      });
      try {
        await Promise.race([woken.promise, waiting]);
      } finally {
        over.abort();
        waiting.catch(() => undefined);
        // What comes from here on is a reason of its own
        woken = Promise.withResolvers();
      }
    },
    wake: () => woken.resolve(),
  };
}
