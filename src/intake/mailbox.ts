import { inBatches } from '../concurrency/batches.ts';
import { sleep } from '../concurrency/sleep.ts';
import type { MailServer } from '../model/mail-server.ts';
import type { Position } from '../model/message.ts';
import { noneIfItPasses, Problem } from '../model/problem.ts';
import type { Hint, MailSource } from '../sources/source.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { createAcknowledger } from './acknowledger.ts';
import { type Arrival, arrivals, take } from './arrivals.ts';
import { createCondition } from './condition.ts';
import { type Counts, keep, keepMessages } from './keep.ts';
import { delayAfter, type RetryDelay } from './retry-delay.ts';
import { createSpools } from './spools.ts';

const batchLimits = { items: 100, bytes: 8 * 1024 * 1024, waitMilliseconds: 15 };

export interface MailboxParts {
  server: MailServer;
  source: MailSource;
  store: Store;
  events: EventBus;
  log: Log;
  retryDelay: RetryDelay;
}

export interface Mailbox {
  /** Reads, stores, acknowledges and watches, through every trouble, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Reads and acknowledges what is there now; throws the first Problem, or `intake.stopped` when `signal` aborts. */
  readOnce(signal: AbortSignal): Promise<Counts>;
  /** Somebody told of the mailbox: a reason for its source to look. */
  hint(hint: Hint): void;
  /** One message in the normal way, out of turn; null when the server no longer has it. */
  takeAgain(position: Position): Promise<Received | null>;
  /** Something new may be owed to the mail server, for the running loop to do. */
  acknowledge(): void;
}

/** One mailbox's loop: source → understood → stored with its deliveries → acknowledged on the server. */
export function createMailbox(parts: MailboxParts): Mailbox {
  const { server, source, store, log, retryDelay } = parts;
  const condition = createCondition(parts);
  const acknowledger = createAcknowledger({ ...parts, condition });
  /** What the log was told last: the same trouble is told once, not at every retry (P1). */
  let told: string | null = null;

  async function run(signal: AbortSignal): Promise<void> {
    const acknowledging = acknowledger.run(signal);
    for (let failures = 0; !signal.aborted; ) {
      const began = performance.now();
      try {
        await read({ watch: true, signal, onStored: () => (failures = 0) });
        if (!signal.aborted) throw endedByItself(server.name);
      } catch (error) {
        if (signal.aborted) break;
        // A connection that ends as soon as it stands is no progress; one that stood for long is.
        if (performance.now() - began > retryDelay.cap) failures = 0;
        const problem = Problem.from(error);
        const milliseconds = delayAfter(problem, ++failures, retryDelay);
        tell(problem, error, milliseconds);
        const retryAt = new Date(Date.now() + milliseconds);
        await condition.set(isThrottled(problem) ? 'throttled' : 'failing', problem, retryAt);
        await sleep(milliseconds, signal);
      }
    }
    await acknowledging;
  }

  function tell(problem: Problem, error: unknown, milliseconds: number): void {
    const facts = { problem: problem.code, retryInSeconds: milliseconds / 1000 };
    if (problem.code === told) log.debug(facts, problem.message);
    else if (error === problem) log.warn(facts, problem.message);
    else log.error({ ...facts, err: error }, problem.message);
    told = problem.code;
  }

  async function read(options: {
    watch: boolean;
    signal: AbortSignal;
    onStored: () => void;
  }): Promise<Counts> {
    const counts: Counts = { stored: 0, recognised: 0, quarantined: 0 };
    const stop = new AbortController();
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const spools = createSpools(store);
    // While it fails, what is wrong stays shown until something was read.
    if (condition.current() !== 'failing') await condition.set('synchronising');
    try {
      const cursor = await store.servers.cursor(server.id);
      const events = source.messages(cursor, { watch: options.watch, signal });
      for await (const batch of inBatches(arrivals(events, { source, spools, log }), heldBytes, batchLimits))
        try {
          const kept = await keep(batch, parts);
          for (const sourceId of spooledIn(batch)) spools.forget(sourceId);
          for (const key of Object.keys(kept) as (keyof Counts)[]) counts[key] += kept[key];
          if (kept.stored > 0) condition.messageStored();
          if (kept.stored + kept.recognised > 0) options.onStored();
          await readSomething(batch.at(-1)?.kind === 'caught-up');
          acknowledger.wake();
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

  async function readSomething(caughtUp: boolean): Promise<void> {
    const failed = condition.current() === 'failing';
    if (failed) log.info('the mailbox is read again');
    told = null;
    if (caughtUp) await condition.set('watching');
    else if (failed) await condition.set('synchronising');
  }

  return {
    run,

    hint: (hint) => source.hint?.(hint),

    async readOnce(signal) {
      try {
        const counts = await read({ watch: false, signal, onStored: () => undefined });
        if (signal.aborted) throw stopped(server.name);
        await acknowledger.drain();
        return counts;
      } catch (error) {
        if (signal.aborted) throw stopped(server.name);
        await condition.set('failing', Problem.from(error));
        throw error;
      }
    },

    async takeAgain(position) {
      const spools = createSpools(store);
      try {
        const message = await source.fetch(position);
        if (!message) return null;
        const understood = { ...(await take(message, { source, spools, log })), cursor: null };
        const [received] = await keepMessages([{ message: understood, remaining: 0 }], parts);
        return received ?? null;
      } finally {
        await spools.drop();
      }
    },

    acknowledge: acknowledger.wake,
  };
}

/** The server is in good order and wants to be left alone for a while. */
function isThrottled({ kind }: Problem): boolean {
  return kind === 'throttled';
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
