import { sleep } from '../concurrency/sleep.ts';
import { createWakeUp } from '../concurrency/wake-up.ts';
import { type DueAction, type Position, positionKey } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Condition } from './condition.ts';
import type { LookDelay } from './look-delay.ts';
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
  lookDelay: LookDelay;
}

/**
 * Does on the server what is owed for messages that are durable here (mark read, move, delete). What is
 * owed stands in the store, so it is done after a crash too, and repeated until it succeeded. A message that the server
 * refuses while it obeys for others waits by itself, ever longer, and keeps no other.
 */
export class ServerActions {
  readonly #parts: Parts;
  readonly #wakeUp = createWakeUp();
  /** Why the server refused it for a message last. */
  #refusal: Problem | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Something new may be owed. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Everything owed now; throws the Problem that stands in the way of all of it. */
  async drain(): Promise<void> {
    const { server, source, store } = this.#parts;
    for (let isAnyDone = false; ; ) {
      const due = await store.mailboxes.dueActions(server.id, new Date().toISOString(), positionsAtOnce);
      if (due.length === 0) return;
      const { done, removed, refused } = await source.act(due, server.afterIntake);
      const actionAt = new Map(due.map((action) => [positionKey(action), action]));
      const actionsAt = (positions: readonly Position[]) =>
        positions
          .map((position) => actionAt.get(positionKey(position)))
          .filter((action) => action !== undefined);
      await store.mailboxes.actionsDone(server.id, { done: actionsAt(done), removed: actionsAt(removed) });
      isAnyDone ||= done.length > 0;
      const [first] = refused;
      for (const { position, problem } of refused) await this.#postpone(actionsAt([position]), problem);
      // Others could not be done either, unless there are none
      if (first && !isAnyDone && due.length > 1) throw first.problem;
    }
  }

  /** Until `signal` aborts: everything owed, then whatever comes due. */
  async run(signal: AbortSignal): Promise<void> {
    const { server, condition, log, retryDelay } = this.#parts;
    if (server.afterIntake.action === 'leave') return;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.drain();
        await condition.remark('actions', await this.#whatIsRefused());
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
        await condition.remark('actions', problem);
        await sleep(delayAfter(problem, failures, retryDelay), signal);
      }
    }
  }

  async #postpone(actions: readonly DueAction[], problem: Problem): Promise<void> {
    const { server, store, log, lookDelay } = this.#parts;
    const dueAt = ({ refusals }: DueAction) => new Date(Date.now() + lookDelay(refusals)).toISOString();
    await store.mailboxes.actionsRefused(
      server.id,
      actions.map((action) => ({ action, dueAt: dueAt(action) })),
    );
    this.#refusal = problem;
    for (const { folder, validity, uid } of actions)
      log.info(
        { position: { folder, validity, uid }, problem: problem.code },
        `the server refuses to ${server.afterIntake.action} it`,
      );
  }

  /** What to say of messages that the server refuses it for, while it does it for others. */
  async #whatIsRefused(): Promise<Problem | null> {
    const { server, store } = this.#parts;
    const count = await store.mailboxes.refusedActions(server.id);
    if (count === 0) return null;
    return new Problem({
      code: 'mailbox.action-refused',
      kind: 'message',
      title: `The mail server refuses to change ${count === 1 ? 'one message' : `${count} messages`}`,
      detail: `${server.name}, ${server.afterIntake.action}: ${this.#refusal?.message ?? 'it is tried again, ever later'}`,
      cause: this.#refusal?.cause ?? 'The messages are locked, damaged or held by a policy there.',
      remedy: this.#refusal?.remedy ?? 'If it stays so, change them in a mail program.',
      retry: 'later',
    });
  }

  /** Until somebody wakes us, or the next action is due, which may be in days. */
  async #sleep(signal: AbortSignal): Promise<void> {
    const next = await this.#parts.store.mailboxes.nextAction(this.#parts.server.id);
    const wait = next === null ? longestSleep : Date.parse(next) - Date.now();
    await this.#wakeUp.sleep(Math.min(Math.max(wait, 0), longestSleep), signal);
  }
}
