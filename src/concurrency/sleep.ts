import { setTimeout } from 'node:timers/promises';

/** Waits so many milliseconds, or until `signal` aborts. Never throws: whoever needs to know looks at the signal. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}
