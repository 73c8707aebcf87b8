import { sleep } from '../concurrency/sleep.ts';
import { createWakeUp } from '../concurrency/wake-up.ts';
import type { MailServer } from '../model/mail-server.ts';
import { Problem } from '../model/problem.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Condition } from './condition.ts';
import { delayAfter, type RetryDelay } from './retry-delay.ts';

const positionsAtOnce = 500;
const longestRest = 60 * 60_000;

/**
 * Does on the server what is owed for messages that are durable here (mark read, move, delete). What is
 * owed stands in the store, so it is done after a crash too, and repeated until it succeeded (P24).
 */
export function createAcknowledger({
  server,
  source,
  store,
  log,
  condition,
  retryDelay,
}: {
  server: MailServer;
  source: MailSource;
  store: Store;
  log: Log;
  condition: Condition;
  retryDelay: RetryDelay;
}) {
  const wakeUp = createWakeUp();

  /** Everything owed now; throws the Problem of the first action that fails. */
  async function drain(): Promise<void> {
    for (;;) {
      const due = await store.messages.dueActions(server.id, new Date().toISOString(), positionsAtOnce);
      if (due.length === 0) return;
      await source.act(due, server.afterIntake);
      await store.messages.actionsDone(server.id, due);
    }
  }

  /** Until somebody wakes us, or the next action is due, which may be in days. */
  async function rest(signal: AbortSignal): Promise<void> {
    const next = await store.messages.nextAction(server.id);
    const wait = next === null ? longestRest : Date.parse(next) - Date.now();
    await wakeUp.sleep(Math.min(Math.max(wait, 0), longestRest), signal);
  }

  /** Until `signal` aborts: everything owed, then whatever comes due. */
  async function run(signal: AbortSignal): Promise<void> {
    if (server.afterIntake.action === 'leave') return;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await drain();
        if (failures > 0) await condition.remark(null);
        failures = 0;
        await rest(signal);
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
        const milliseconds = delayAfter(problem, failures, retryDelay);
        await sleep(milliseconds, signal);
      }
    }
  }

  return { run, drain, wake: wakeUp.wake };
}
