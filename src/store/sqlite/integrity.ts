import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** A database up to this size, in bytes, is read through in seconds. */
const smallBytes = 1024 * 1024 * 1024;

/**
 * Reads a database through in another thread (sqlite.org/pragma.html#pragma_quick_check) after an unclean end, and at any
 * start where it is small. `isChecked` says whether an unclean end has been looked into, so that one that was not is at
 * the next start.
 */
export function createIntegrityCheck(file: string, unclean: boolean) {
  let checked = !unclean;
  let worker: Worker | undefined;

  return {
    isChecked: () => checked,
    begin(damaged: (detail: string) => void): void {
      if (worker || (!unclean && statSync(file).size > smallBytes)) return;
      worker = new Worker(new URL('./integrity-worker.ts', import.meta.url), { workerData: file });
      worker.unref();
      worker.once('message', (found: string[]) => {
        checked = true;
        if (found.length > 0) damaged(found.join('; '));
      });
      // It is only looked at: what is wrong with that shows where it is written.
      worker.once('error', () => {});
    },
    async close(): Promise<void> {
      await worker?.terminate();
    },
  };
}
