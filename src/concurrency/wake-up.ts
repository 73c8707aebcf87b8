import { sleep } from './sleep.ts';

/** A sleep that others can end. */
export interface WakeUp {
  /** Ends the sleep; called while nobody sleeps, it ends the next one before it begins. */
  wake(): void;
  /** Ends after so many milliseconds, when woken, or when `signal` aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** For one sleeper at a time. */
export function createWakeUp(): WakeUp {
  let woken = new AbortController();
  return {
    wake: () => woken.abort(),
    async sleep(milliseconds, signal) {
      const mine = woken;
      if (!mine.signal.aborted)
        await sleep(milliseconds, signal ? AbortSignal.any([mine.signal, signal]) : mine.signal);
      woken = new AbortController();
    },
  };
}
