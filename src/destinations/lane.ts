import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { Delivery, DestinationConfig } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { attempt, settled } from './attempt.ts';
import { createCircuit } from './circuit.ts';
import type { Destination } from './destination.ts';

/** A claim outlives its attempt by so much; after a crash the delivery is free again then, or at the next start. */
const leaseBeyondTimeout = 60_000;
/** Looked at least this often, whatever was or was not told. */
const longestSleep = 60_000;
const pauseAfterStoreTrouble = 2_000;

export interface LaneParts {
  config: DestinationConfig;
  destination: Destination;
  store: Store;
  options: Config['delivery'];
  url: (messageId: string, attachmentIndex: number | null) => string;
  events: EventBus;
  log: Log;
}

/** The deliveries of one destination, in a loop of its own: a slow one keeps nobody else waiting. */
export function createLane(parts: LaneParts) {
  const { config, destination, store, options, events, log } = parts;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  let woken = Promise.withResolvers<void>();
  const circuit = createCircuit(
    { failures: options.circuitFailures, restMilliseconds: options.circuitSeconds * 1000 },
    (until) => {
      log.warn({ destination: config.name, open: until !== null }, 'circuit');
      events.emit('destination.circuit', {
        destinationId: config.id,
        destination: config.name,
        open: until !== null,
        until: until === null ? null : new Date(until).toISOString(),
      });
    },
  );

  async function run(): Promise<void> {
    while (!stopping.signal.aborted)
      try {
        const wake = woken.promise;
        const began = await beginDue();
        if (began === 0) await rest(wake);
      } catch (error) {
        log.error({ destination: config.name, err: error }, 'deliveries pause: the store cannot be used');
        await pause(pauseAfterStoreTrouble);
      }
    await Promise.all(underWay);
  }

  /** Claims what is due, as far as there is room, and begins it; tells how many. */
  async function beginDue(): Promise<number> {
    const now = Date.now();
    const room = circuit.allows(options.concurrency, now) - underWay.size;
    if (room <= 0) return 0;
    const lease = new Date(now + options.timeoutSeconds * 1000 + leaseBeyondTimeout);
    const claimed = await store.deliveries.claim(
      config.id,
      new Date(now).toISOString(),
      lease.toISOString(),
      room,
    );
    for (const delivery of claimed) {
      const work = deliver(delivery).catch((error) =>
        log.error(
          { destination: config.name, delivery: delivery.id, err: error },
          'a delivery could not be settled',
        ),
      );
      underWay.add(work);
      void work.finally(() => {
        underWay.delete(work);
        wake();
      });
    }
    return claimed.length;
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const began = performance.now();
    const outcome = await attempt(delivery, destination, store, parts.url, stopping.signal);
    if (outcome.kind !== 'accepted' && stopping.signal.aborted)
      return store.deliveries.release([delivery.id]);
    const now = Date.now();
    if (outcome.kind === 'retry') circuit.failed(now);
    else circuit.succeeded();
    const after = settled(delivery, outcome, options, now);
    await store.deliveries.settle(after);
    events.emit('delivery.settled', {
      deliveryId: after.id,
      messageId: after.messageId,
      destinationId: config.id,
      destination: config.name,
      state: after.state,
      attempt: after.attempts,
      seconds: (performance.now() - began) / 1000,
      problem: after.problem,
    });
  }

  /** Until something is due, an attempt ends, or somebody says that there is something new. */
  async function rest(wake: Promise<void>): Promise<void> {
    const trial = circuit.openUntil();
    const due = await store.deliveries.nextDue(config.id);
    const at = Math.max(due === null ? Number.POSITIVE_INFINITY : Date.parse(due), trial ?? 0);
    // Where there is no room the end of an attempt wakes us.
    const noRoom = underWay.size > 0 && underWay.size >= circuit.allows(options.concurrency, Date.now());
    const delay = noRoom ? longestSleep : Math.min(Math.max(at - Date.now(), 5), longestSleep);
    await Promise.race([wake, pause(delay)]);
  }

  async function pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  function wake(): void {
    woken.resolve();
    woken = Promise.withResolvers();
  }

  const running = run();
  return {
    wake,
    /** Ends after the attempts under way, which are cut short; what they did not finish is free again. */
    async stop(): Promise<void> {
      stopping.abort();
      wake();
      await running;
    },
  };
}

export type Lane = ReturnType<typeof createLane>;
