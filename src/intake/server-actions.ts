import { sleep } from '../concurrency/sleep.ts';
import { createWakeUp } from '../concurrency/wake-up.ts';
import { Problem } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Condition } from './condition.ts';
import { delayAfter, type RetryDelay } from './retry-delay.ts';

const positionsAtOnce = 500;
const longestSleep = 60 * 60_000;

interface Parts {
  server: MailServer;
  source: MailSource;
  store: Store;
  log: Log;
  condition: Condition;
  retryDelay: RetryDelay;
}

/**
 * Does on the server what is owed for messages that are durable here (mark read, move, delete). What is
 * owed stands in the store, so it is done after a crash too, and repeated until it succeeded.
 */
export class ServerActions {
  readonly #parts: Parts;
  readonly #wakeUp = createWakeUp();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Something new may be owed. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Everything owed now; throws the Problem of the first action that fails. */
  async drain(): Promise<void> {
    const { server, source, store } = this.#parts;
    for (;;) {
      const due = await store.mailboxes.dueActions(server.id, new Date().toISOString(), positionsAtOnce);
      if (due.length === 0) return;
      await source.act(due, server.afterIntake);
      await store.mailboxes.actionsDone(server.id, due);
    }
  }

  /** Until `signal` aborts: everything owed, then whatever comes due. */
  async run(signal: AbortSignal): Promise<void> {
    const { server, condition, log, retryDelay } = this.#parts;
    if (server.afterIntake.action === 'leave') return;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.drain();
        if (failures > 0) await condition.remark(null);
        failures = 0;
        await this.#sleep(signal);
      } catch (error) {
        if (signal.aborted) return;
        const problem = Problem.from(error);
        failures++;
        const level = failures === 1 ? 'warn' : 'debug';
        log[level](
          { problem: problem.code },
          `${server.afterIntake.action} is still owed: ${problem.message}`,
        );
        await condition.remark(problem);
        await sleep(delayAfter(problem, failures, retryDelay), signal);
      }
    }
  }

  /** Until somebody wakes us, or the next action is due, which may be in days. */
  async #sleep(signal: AbortSignal): Promise<void> {
    const next = await this.#parts.store.mailboxes.nextAction(this.#parts.server.id);
    const wait = next === null ? longestSleep : Date.parse(next) - Date.now();
    await this.#wakeUp.sleep(Math.min(Math.max(wait, 0), longestSleep), signal);
  }
}
