import { backOff } from '../concurrency/back-off.ts';
import { sleep } from '../concurrency/sleep.ts';
import { createWakeUp } from '../concurrency/wake-up.ts';
import type { Config } from '../config/config.ts';
import type { Delivery } from '../model/delivery.ts';
import type { ProblemJson } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { createCircuit } from './circuit.ts';
import type { Carrier, Consignee } from './destination.ts';
import { createLedger } from './ledger.ts';
import { giveUpAt, settled } from './settlement.ts';

/** A claim outlives its attempt by so much; after a crash the delivery is free again then, or at the next start. */
const leaseBeyondTimeout = 60_000;
/** Looked at least this often, whatever was or was not told. */
const longestSleep = 60_000;
const shortestSleep = 5;
/** Between tries while the store or the destination's secret cannot be read. */
const troubleDelay = { first: 1_000, cap: 30_000 };
/** Attempts under way may go on for so long after a stop. */
const stopGrace = 5_000;
const givenUpAtOnce = 100;

export interface LaneParts {
  config: Consignee;
  open: () => Promise<Carrier>;
  store: Store;
  options: Config['delivery'];
  events: EventBus;
  log: Log;
}

export interface Lane {
  /** There may be something new to deliver. */
  wake(): void;
  /**
   * Begins nothing more from the moment it is called. Ends after the attempts under way, which are cut short
   * after a few seconds; what they did not finish is free again.
   */
  stop(): Promise<void>;
}

/** The deliveries of one consignee, in a loop of its own: a slow one keeps nobody else waiting. */
export function createLane(parts: LaneParts): Lane {
  const { config, store, options, events } = parts;
  const log = parts.log.child({ destination: config.name });
  const stopping = new AbortController();
  const cut = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  let { concurrency } = options;
  const wakeUp = createWakeUp();
  const ledger = createLedger({ config, store, events, log, stopping: stopping.signal });
  const circuit = createCircuit(
    { failures: options.circuitFailures, restMilliseconds: options.circuitSeconds * 1000 },
    tellCircuit,
  );

  async function run(): Promise<void> {
    let carrier: Carrier | null = null;
    for (let failures = 0; !stopping.signal.aborted; )
      try {
        carrier ??= await parts.open();
        concurrency = Math.min(options.concurrency, carrier.concurrency ?? options.concurrency);
        const began = await beginDue(carrier);
        failures = 0;
        if (began === 0) await wakeUp.sleep(await restMilliseconds());
      } catch (error) {
        log.error({ err: error }, 'deliveries pause');
        const delay = backOff(++failures, troubleDelay);
        await sleep(delay, stopping.signal);
      }
  }

  /** Claims what is due, as far as there is room, and begins it; tells how many. */
  async function beginDue(carrier: Carrier): Promise<number> {
    const room = circuit.allows(concurrency, Date.now()) - underWay.size;
    if (room <= 0) return 0;
    const claimed = await claim(room);
    if (stopping.signal.aborted) await store.deliveries.release(claimed.map(({ id }) => id));
    else for (const delivery of claimed) begin(delivery, carrier);
    return claimed.length;
  }

  async function claim(limit: number): Promise<Delivery[]> {
    const now = Date.now();
    const lease = new Date(now + options.timeoutSeconds * 1000 + leaseBeyondTimeout);
    const due = new Date(now).toISOString();
    const claimed = await store.deliveries.claim(config.id, due, lease.toISOString(), limit);
    // A lease can end while its delivery still waits to be settled.
    return claimed.filter(({ id }) => !underWay.has(id));
  }

  function begin(delivery: Delivery, carrier: Carrier): void {
    const work = deliver(delivery, carrier)
      .catch((error) => log.error({ delivery: delivery.id, err: error }, 'a delivery was left unsettled'))
      .finally(() => {
        underWay.delete(delivery.id);
        wakeUp.wake();
      });
    underWay.set(delivery.id, work);
  }

  async function deliver(delivery: Delivery, carrier: Carrier): Promise<void> {
    const began = performance.now();
    const { outcome, reached } = await carrier.carry(delivery, cut.signal);
    if (outcome.kind !== 'accepted' && cut.signal.aborted) return store.deliveries.release([delivery.id]);
    const now = Date.now();
    if (reached && outcome.kind === 'retry') circuit.failed(now);
    else if (reached) circuit.succeeded();
    const after = settled(delivery, outcome, options, now);
    await ledger.settle(after, (performance.now() - began) / 1000);
    if (after.state === 'dead' && after.problem && circuit.openUntil() !== null)
      await giveUpOverdue(after.problem);
  }

  /**
   * While a destination rests, trials alone would take years to give up what waits for it; so when one delivery
   * is given up, those whose days are over as well go with it.
   */
  async function giveUpOverdue(problem: ProblemJson): Promise<void> {
    for (;;) {
      const now = Date.now();
      const { overdue = [], waiting = [] } = Object.groupBy(await claim(givenUpAtOnce), (delivery) =>
        giveUpAt(delivery, options) <= now ? 'overdue' : 'waiting',
      );
      await store.deliveries.release(waiting.map(({ id }) => id));
      for (const delivery of overdue) await ledger.settle({ ...delivery, state: 'dead', problem }, 0);
      if (overdue.length === 0 || stopping.signal.aborted) return;
    }
  }

  /** Until something is due; the end of an attempt or something new rings before that. */
  async function restMilliseconds(): Promise<number> {
    if (underWay.size > 0 && underWay.size >= circuit.allows(concurrency, Date.now())) return longestSleep;
    const due = await store.deliveries.nextDue(config.id);
    const at = Math.max(due === null ? Number.POSITIVE_INFINITY : Date.parse(due), circuit.openUntil() ?? 0);
    return Math.min(Math.max(at - Date.now(), shortestSleep), longestSleep);
  }

  function tellCircuit(until: number | null): void {
    if (stopping.signal.aborted) return;
    if (until === null) log.warn('the destination takes messages again');
    else log.warn({ until: new Date(until).toISOString() }, 'the destination rests');
    emitCircuit(until);
  }

  function emitCircuit(until: number | null): void {
    events.emit('destination.circuit', {
      destinationId: config.id,
      destination: config.name,
      open: until !== null,
      until: until === null ? null : new Date(until).toISOString(),
    });
  }

  const running = run();
  return {
    wake: wakeUp.wake,
    async stop() {
      // Whoever shows it as resting would do so for ever: the lane after this one begins with a closed circuit.
      if (circuit.openUntil() !== null) emitCircuit(null);
      stopping.abort();
      wakeUp.wake();
      const timer = setTimeout(() => cut.abort(), stopGrace);
      await running;
      await Promise.all(underWay.values());
      clearTimeout(timer);
    },
  };
}
