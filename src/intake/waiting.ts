import { sleep } from '../concurrency/sleep.ts';
import { createWakeUp } from '../concurrency/wake-up.ts';
import type { Position, Quarantined } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import { mayBeOfMessage, speaksAgainstServer } from '../sources/blame.ts';
import type { MailSource } from '../sources/source.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Condition } from './condition.ts';
import { type LookDelay, mostWaitingLooks } from './look-delay.ts';

interface Parts {
  server: MailServer;
  store: Store;
  events: EventBus;
  log: Log;
  condition: Condition;
  lookDelay: LookDelay;
  source: Pick<MailSource, 'inspect'>;
  /** The message in the normal way; null when the server no longer has it. */
  take(position: Position): Promise<Received | null>;
}

/** A message that was listed is gone only when its mailbox has said so so many times, and nothing else between. */
const looksUntilGone = 3;
const longestSleep = 60 * 60_000;

/**
 * Asks the server again for messages that it did not give, while it gives others: soon, then ever later. What stays
 * unreadable is in quarantine, and asked for once a day. All of it stands in the store, so a restart forgets nothing.
 */
export class WaitingMessages {
  readonly #parts: Parts;
  readonly #wakeUp = createWakeUp();
  /** How often in a row it was said of each entry that it is gone; after a restart that is asked anew. */
  readonly #saidGone = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Something new may be waited for. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Asks for all that waits, whenever it is due; in vain before that means nothing. */
  async lookAtAll(): Promise<void> {
    for (const entry of await this.#entries()) if (entry.state === 'waiting') await this.#look(entry);
  }

  /** Until `signal` aborts: asks for each when it is due, as long as the mailbox can be read. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted)
      try {
        await this.#sleep(signal);
        for (const entry of await this.#entries()) {
          if (signal.aborted || !this.#isReadable()) break;
          if (this.#untilDue(entry) <= 0) await this.#look(entry);
        }
      } catch (error) {
        if (signal.aborted) return;
        // The store is in trouble, and who reads the mailbox says so
        this.#parts.log.debug({ err: error }, 'messages that wait could not be asked for');
        await sleep(this.#parts.lookDelay(0), signal);
      }
  }

  #isReadable(): boolean {
    return ['watching', 'synchronising'].includes(this.#parts.condition.current());
  }

  async #entries(): Promise<Quarantined[]> {
    const entries = await this.#parts.store.quarantine.list(this.#parts.server.id);
    return entries.filter(({ messageId, nextLookAt }) => messageId === null && nextLookAt !== null).reverse();
  }

  /** Milliseconds. A clock that was set back puts off no look for longer than its delay. */
  #untilDue({ nextLookAt, looks }: Quarantined): number {
    return Math.min(Date.parse(nextLookAt ?? '') - Date.now(), this.#parts.lookDelay(looks));
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    const { lookDelay } = this.#parts;
    const due = (await this.#entries()).map((entry) => this.#untilDue(entry));
    const wait = this.#isReadable() ? Math.min(longestSleep, ...due) : lookDelay(0);
    await this.#wakeUp.sleep(Math.max(wait, 0), signal);
  }

  async #look(entry: Quarantined): Promise<void> {
    const { log, take } = this.#parts;
    const isDue = this.#untilDue(entry) <= 0;
    let received: Received | null;
    try {
      received = await take(entry.position);
    } catch (error) {
      this.#saidGone.delete(entry.id);
      const problem = Problem.from(error);
      const counts = isDue && (await this.#isOfThisOne(problem));
      if (isDue)
        await this.#put(entry, entry.looks + (counts ? 1 : 0), counts ? problem.toJSON() : entry.problem);
      return;
    }
    if (received) {
      this.#saidGone.delete(entry.id);
      log.info({ position: entry.position }, 'a message that was waited for is here');
    } else if (isDue) await this.#noteGone(entry);
  }

  async #noteGone(entry: Quarantined): Promise<void> {
    const times = (this.#saidGone.get(entry.id) ?? 0) + 1;
    this.#saidGone.set(entry.id, times);
    if (times < looksUntilGone) return this.#put(entry, entry.looks + 1, entry.problem);
    this.#saidGone.delete(entry.id);
    await this.#parts.store.quarantine.remove(entry.id);
  }

  /** What stands in the way of all says nothing of this one. */
  async #isOfThisOne(problem: Problem): Promise<boolean> {
    if (!mayBeOfMessage(problem) || !this.#isReadable()) return false;
    if (!speaksAgainstServer(problem)) return true;
    return this.#parts.source.inspect().then(
      () => this.#isReadable(),
      () => false,
    );
  }

  async #put(entry: Quarantined, looks: number, problem: Quarantined['problem']): Promise<void> {
    const { server, store, events, log, lookDelay } = this.#parts;
    const now = Date.now();
    const isFinal = problem.kind === 'message' && problem.retry === 'no';
    const isGivenUp = entry.state === 'waiting' && (isFinal || looks >= mostWaitingLooks);
    const look = {
      looks,
      state: isGivenUp ? 'quarantined' : entry.state,
      quarantinedAt: isGivenUp ? new Date(now).toISOString() : entry.quarantinedAt,
      nextLookAt: isFinal ? null : new Date(now + lookDelay(looks)).toISOString(),
      problem: isFinal || problem.code === entry.problem.code ? problem : entry.problem,
    };
    await store.quarantine.setLook(entry.id, look);
    if (!isGivenUp) return;
    const told = { problem: look.problem.code, position: entry.position };
    log.warn(told, 'a message was quarantined');
    events.emit('message.quarantined', { serverId: server.id, server: server.name, problem: look.problem });
  }
}
