import { inBatches } from '../concurrency/batches.ts';
import { sleep } from '../concurrency/sleep.ts';
import type { Instant } from '../model/mail-server.ts';
import type { Position } from '../model/message.ts';
import { noneIfItPasses, Problem } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Hint, MailSource } from '../sources/source.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { type Condition, createCondition } from './condition.ts';
import type { LookDelay } from './look-delay.ts';
import { delayAfter, type RetryDelay } from './retry-delay.ts';
import { ServerActions } from './server-actions.ts';
import { createSpools } from './spools.ts';
import { type Counts, type IntakeResources, noCounts, storeBatch, storeMessages } from './store-batch.ts';
import { type Arrival, arrivals, take } from './understand.ts';
import { WaitingMessages } from './waiting.ts';

const batchLimits = { items: 100, bytes: 8 * 1024 * 1024, waitMilliseconds: 15 };

export interface MailboxParts {
  server: MailServer;
  source: MailSource;
  store: Store;
  resources: IntakeResources;
  events: EventBus;
  log: Log;
  retryDelay: RetryDelay;
  lookDelay: LookDelay;
}

/** One mailbox's loop: source → understood → stored with its deliveries → acted on at the server. */
export class Mailbox {
  readonly #parts: MailboxParts;
  readonly #condition: Condition;
  readonly #actions: ServerActions;
  readonly #waiting: WaitingMessages;
  /** What the log was told last: the same trouble is told once, not at every retry. */
  #told: string | null = null;

  constructor(parts: MailboxParts) {
    this.#parts = { ...parts };
    this.#condition = createCondition(this.#parts);
    this.#actions = new ServerActions({ ...parts, condition: this.#condition });
    const take = (position: Position) => this.takeAgain(position);
    this.#waiting = new WaitingMessages({ ...parts, condition: this.#condition, take });
  }

  /** The server was changed in what does not matter to the connection. */
  follow(server: MailServer): void {
    this.#parts.server = server;
  }

  /** Reads, stores, acts on the server and watches, through every trouble, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { server, retryDelay } = this.#parts;
    const beside = Promise.all([this.#actions.run(signal), this.#waiting.run(signal)]);
    for (let failures = 0; !signal.aborted; ) {
      const began = performance.now();
      try {
        await this.#read({ watch: true, signal, audit: false, onStored: () => (failures = 0) });
        if (!signal.aborted) throw endedByItself(server.name);
      } catch (error) {
        if (signal.aborted) break;
        // A connection that ends as soon as it stands is no progress; one that stood for long is.
        if (performance.now() - began > retryDelay.cap) failures = 0;
        const problem = Problem.from(error);
        const milliseconds = delayAfter(problem, ++failures, retryDelay);
        this.#tell(problem, error, milliseconds);
        const retryAt = new Date(Date.now() + milliseconds);
        // Throttled: the server is in good order and wants to be left alone for a while.
        const condition = problem.kind === 'throttled' ? 'throttled' : 'failing';
        await this.#condition.set(condition, problem, retryAt);
        await sleep(milliseconds, signal);
      }
    }
    await beside;
  }

  /** Reads what is there now (with `audit` also what is missing here) and acts on the server; throws the first Problem, or `intake.stopped` when `signal` aborts. */
  async readOnce(signal: AbortSignal, { audit }: { audit: boolean }): Promise<Counts> {
    const { name } = this.#parts.server;
    try {
      const counts = await this.#read({ watch: false, signal, audit, onStored: () => undefined });
      if (signal.aborted) throw stopped(name);
      await this.#waiting.lookAtAll();
      await this.#actions.drain();
      return counts;
    } catch (error) {
      if (signal.aborted) throw stopped(name);
      await this.#condition.set('failing', Problem.from(error));
      throw error;
    }
  }

  /** Somebody told of the mailbox: a reason for its source to look. */
  hint(hint: Hint): void {
    this.#parts.source.hint?.(hint);
  }

  /** One message in the normal way, out of turn; null when the server no longer has it. */
  async takeAgain(position: Position): Promise<Received | null> {
    const { source, store, log } = this.#parts;
    const spools = createSpools(store);
    try {
      const message = await source.fetch(position);
      if (!message) return null;
      const understood = { ...(await take(message, { source, spools, log })), cursor: null };
      const [received] = await storeMessages([{ message: understood, remaining: 0 }], this.#parts);
      return received ?? null;
    } finally {
      await spools.drop();
    }
  }

  /** Something new may be owed to the mail server, for the running loop to do. */
  wakeActions(): void {
    this.#actions.wake();
  }

  async #read({
    watch,
    signal: callerSignal,
    audit,
    onStored,
  }: {
    watch: boolean;
    signal: AbortSignal;
    /** At once, and not when a day has passed. */
    audit: boolean;
    onStored: () => void;
  }): Promise<Counts> {
    const { server, source, store, log } = this.#parts;
    const counts = noCounts();
    const stop = new AbortController();
    const signal = AbortSignal.any([callerSignal, stop.signal]);
    const spools = createSpools(store);
    // While it fails, what is wrong stays shown until something was read.
    if (this.#condition.current() !== 'failing') await this.#condition.set('synchronising');
    try {
      const cursor = await store.mailboxes.cursor(server.id);
      const auditedAt = audit ? null : await this.#auditedAt(cursor);
      const events = source.messages(cursor, { watch, signal, auditedAt });
      for await (const batch of inBatches(arrivals(events, { source, spools, log }), heldBytes, batchLimits))
        try {
          const added = await storeBatch(batch, this.#parts);
          for (const sourceId of spooledIn(batch)) spools.forget(sourceId);
          for (const key of Object.keys(added) as (keyof Counts)[]) counts[key] += added[key];
          if (added.stored > 0) this.#condition.messageStored();
          if (added.stored + added.recognised + added.waiting + added.quarantined > 0) onStored();
          await this.#note(batch);
          this.#actions.wake();
          if (added.waiting > 0) this.#waiting.wake();
        } catch (error) {
          // Else the end of the iteration would wait for mail that may never come.
          stop.abort();
          throw error;
        }
    } finally {
      await spools.drop();
    }
    return counts;
  }

  /** A mailbox that was never read has nothing to be compared yet. */
  async #auditedAt(cursor: string | null): Promise<Instant | null> {
    const audit = await this.#parts.store.mailboxes.audit(this.#parts.server.id);
    return audit?.auditedAt ?? (cursor === null ? new Date().toISOString() : null);
  }

  async #note(batch: Arrival[]): Promise<void> {
    for (const arrival of batch)
      if (arrival.kind === 'caught-up') await this.#noteBreach(arrival.found?.breach);
    await this.#readSomething(batch.some(({ kind }) => kind === 'caught-up'));
  }

  async #noteBreach(breach: Problem | null | undefined): Promise<void> {
    if (breach === undefined) return;
    const isNews = await this.#condition.remark('breach', breach);
    if (isNews && breach) this.#parts.log.warn({ problem: breach.code }, breach.message);
  }

  async #readSomething(caughtUp: boolean): Promise<void> {
    const failed = this.#condition.current() === 'failing';
    if (failed) this.#parts.log.info('the mailbox is read again');
    this.#told = null;
    if (caughtUp) await this.#condition.set('watching');
    else if (failed) await this.#condition.set('synchronising');
  }

  #tell(problem: Problem, error: unknown, milliseconds: number): void {
    const { log } = this.#parts;
    const facts = { problem: problem.code, retryInSeconds: milliseconds / 1000 };
    if (problem.code === this.#told) log.debug(facts, problem.message);
    else if (error === problem) log.warn(facts, problem.message);
    else log.error({ ...facts, err: error }, problem.message);
    this.#told = problem.code;
  }
}

/** What was asked for a mailbox (one reading, one message) was ended before its end. */
export function stopped(name: string): Problem {
  return new Problem({
    code: 'intake.stopped',
    kind: 'cancelled',
    title: 'The reading was stopped before its end',
    detail: name,
    cause: 'The server was changed or removed meanwhile, or Letterbox is ending.',
    remedy: 'Start it again. What was read until then is stored.',
    retry: 'later',
  });
}

/** A source that watches ends when it is told to, or by throwing why. */
function endedByItself(name: string): Problem {
  return new Problem({
    code: 'intake.ended',
    kind: 'unavailable',
    title: 'The mail server ended the reading without saying why',
    detail: name,
    remedy: noneIfItPasses,
    retry: 'later',
  });
}

function heldBytes(arrival: Arrival): number {
  return arrival.kind === 'message' && 'bytes' in arrival.message.raw ? arrival.message.size : 0;
}

function spooledIn(batch: Arrival[]): string[] {
  return batch.flatMap((arrival) =>
    arrival.kind === 'message' && 'sourceId' in arrival.message.raw ? [arrival.message.raw.sourceId] : [],
  );
}
