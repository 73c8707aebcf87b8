import { setTimeout as sleep } from 'node:timers/promises';
import type { MailServer } from '../model/mail-server.ts';
import type { Position } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import type { Hint, MailSource } from '../sources/source.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { createAcknowledger } from './acknowledger.ts';
import { arrivals, take } from './arrivals.ts';
import { inBatches } from './batches.ts';
import { createCondition } from './condition.ts';
import { delayAfter } from './delay.ts';
import { type Counts, keep, keepMessages } from './keep.ts';

const batchLimits = { items: 100, bytes: 8 * 1024 * 1024, waitMilliseconds: 15 };

export interface MailboxParts {
  server: MailServer;
  source: MailSource;
  store: Store;
  events: EventBus;
  log: Log;
}

export interface Mailbox {
  /** Reads, stores, acknowledges and watches, through every trouble, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Reads and acknowledges what is there now; throws the first Problem. */
  readOnce(signal: AbortSignal): Promise<Counts>;
  /** Somebody told of the mailbox: a reason for its source to look. */
  hint(hint: Hint): void;
  /** One message in the normal way, out of turn; null when the server no longer has it. */
  takeAgain(position: Position): Promise<Received | null>;
}

/** One mailbox's loop: source → understood → stored with its deliveries → acknowledged on the server. */
export function createMailbox(parts: MailboxParts): Mailbox {
  const { server, source, store, log } = parts;
  const condition = createCondition(parts);
  const acknowledger = createAcknowledger({ ...parts, condition });

  async function run(signal: AbortSignal): Promise<void> {
    const acknowledging = acknowledger.run(signal);
    let failures = 0;
    while (!signal.aborted) {
      try {
        await read({ watch: true, signal, onProgress: () => (failures = 0) });
      } catch (error) {
        if (signal.aborted) break;
        const problem = Problem.from(error);
        const milliseconds = delayAfter(problem, ++failures);
        log.warn({ problem: problem.code, retryInSeconds: milliseconds / 1000 }, problem.message);
        const retryAt = new Date(Date.now() + milliseconds);
        await condition.set(isThrottled(problem) ? 'throttled' : 'failing', problem, retryAt);
        await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
      }
    }
    await acknowledging;
  }

  async function read(options: {
    watch: boolean;
    signal: AbortSignal;
    onProgress: () => void;
  }): Promise<Counts> {
    const counts: Counts = { stored: 0, recognised: 0, quarantined: 0 };
    const stop = new AbortController();
    const signal = AbortSignal.any([options.signal, stop.signal]);
    await condition.set('synchronising');
    const events = source.messages(await store.servers.cursor(server.id), { watch: options.watch, signal });
    for await (const batch of inBatches(arrivals(events, parts), heldBytes, batchLimits))
      try {
        const kept = await keep(batch, parts);
        for (const key of Object.keys(kept) as (keyof Counts)[]) counts[key] += kept[key];
        if (kept.stored > 0) condition.messageStored();
        if (batch.at(-1)?.kind === 'caught-up') await condition.set('watching');
        acknowledger.wake();
        options.onProgress();
      } catch (error) {
        // Else the end of the iteration would wait for mail that may never come.
        stop.abort();
        throw error;
      }
    return counts;
  }

  return {
    run,

    hint: (hint) => source.hint?.(hint),

    async readOnce(signal) {
      try {
        const counts = await read({ watch: false, signal, onProgress: () => undefined });
        await acknowledger.drain();
        return counts;
      } catch (error) {
        await condition.set('failing', Problem.from(error));
        throw error;
      }
    },

    async takeAgain(position) {
      const message = await source.fetch(position);
      if (!message) return null;
      const understood = { ...(await take(message, parts)), cursor: null };
      const [received] = await keepMessages([{ message: understood, remaining: 0 }], parts);
      acknowledger.wake();
      return received ?? null;
    },
  };
}

/** The server is in good order and wants to be left alone for a while. */
function isThrottled({ code }: Problem): boolean {
  return code.endsWith('.throttled');
}

function heldBytes(arrival: { kind: string; message?: { raw: object; size: number } }): number {
  return arrival.message && 'bytes' in arrival.message.raw ? arrival.message.size : 0;
}
