import { type BackOff, backOff } from '../concurrency/back-off.ts';
import { sleep } from '../concurrency/sleep.ts';
import { createWakeUp } from '../concurrency/wake-up.ts';
import type { Config } from '../config/config.ts';
import type { Delivery } from '../model/delivery.ts';
import type { ProblemJson } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type Attempt, type DeliveryHandler, failedHere, type Target } from './handler.ts';
import { giveUpAt, settle, settled } from './settling.ts';

/** A claim outlives its attempt by so much; after a crash the delivery is free again then, or at the next start. */
const leaseBeyondTimeout = 60_000;
/** Looked at least this often, whatever was or was not told. */
const longestSleep = 60_000;
const shortestSleep = 5;
/** Between tries while the store or the destination's secret cannot be read. */
const troubleDelay: BackOff = { first: 1_000, cap: 30_000 };
/** Attempts under way may go on for so long after a stop. */
const stopGrace = 5_000;
const givenUpAtOnce = 100;

export interface WorkerParts {
  target: Target;
  /** Opens the handler of the target's deliveries; tried again while it throws. */
  open: () => Promise<DeliveryHandler>;
  store: Store;
  options: Config['delivery'];
  events: EventBus;
  log: Log;
}

/** The deliveries of one target, in a loop of its own: a slow one keeps nobody else waiting. */
export class DeliveryWorker {
  readonly #parts: WorkerParts;
  readonly #log: Log;
  readonly #breaker: CircuitBreaker;
  readonly #wakeUp = createWakeUp();
  readonly #stopping = new AbortController();
  /** Ends the attempts under way. */
  readonly #cut = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #running: Promise<void>;
  #concurrency: number;

  /** Begins at once. */
  constructor(parts: WorkerParts) {
    const { target, options, log } = parts;
    this.#parts = parts;
    this.#log = log.child({ destination: target.name });
    this.#concurrency = options.concurrency;
    this.#breaker = new CircuitBreaker(
      { failures: options.circuitFailures, openMilliseconds: options.circuitSeconds * 1000 },
      (until) => this.#tellCircuit(until),
    );
    this.#running = this.#run();
  }

  /** There may be something new to deliver. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /**
   * Begins nothing more from the moment it is called. Ends after the attempts under way, which are cut short
   * after a few seconds; what they did not finish is free again.
   */
  async stop(): Promise<void> {
    // Whoever shows the circuit as open would do so for ever: the worker after this one begins with a closed circuit.
    if (this.#breaker.openUntil() !== null) this.#emitCircuit(null);
    this.#stopping.abort();
    this.#wakeUp.wake();
    const timer = setTimeout(() => this.#cut.abort(), stopGrace);
    await this.#running;
    await Promise.all(this.#underWay.values());
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { open, options } = this.#parts;
    let handler: DeliveryHandler | null = null;
    for (let failures = 0; !this.#stopping.signal.aborted; )
      try {
        handler ??= await open();
        this.#concurrency = Math.min(options.concurrency, handler.concurrency ?? options.concurrency);
        const began = await this.#beginDue(handler);
        failures = 0;
        if (began === 0) await this.#wakeUp.sleep(await this.#idleMilliseconds());
      } catch (error) {
        this.#log.error({ err: error }, 'deliveries pause');
        await sleep(backOff(++failures, troubleDelay), this.#stopping.signal);
      }
  }

  /** Claims what is due, as far as there is room, and begins it; tells how many. */
  async #beginDue(handler: DeliveryHandler): Promise<number> {
    const room = this.#breaker.allows(this.#concurrency, Date.now()) - this.#underWay.size;
    if (room <= 0) return 0;
    const claimed = await this.#claim(room);
    if (this.#stopping.signal.aborted) await this.#release(claimed);
    else for (const delivery of claimed) this.#begin(delivery, handler);
    return claimed.length;
  }

  async #claim(limit: number): Promise<Delivery[]> {
    const { target, store, options } = this.#parts;
    const now = Date.now();
    const lease = new Date(now + options.timeoutSeconds * 1000 + leaseBeyondTimeout);
    const due = new Date(now).toISOString();
    const claimed = await store.deliveries.claim(target.id, due, lease.toISOString(), limit);
    // A lease can end while its delivery still waits to be settled.
    return claimed.filter(({ id }) => !this.#underWay.has(id));
  }

  #release(deliveries: Delivery[]): Promise<void> {
    return this.#parts.store.deliveries.release(deliveries.map(({ id }) => id));
  }

  #begin(delivery: Delivery, handler: DeliveryHandler): void {
    const work = this.#deliver(delivery, handler)
      .catch((error) =>
        this.#log.error({ delivery: delivery.id, err: error }, 'a delivery was left unsettled'),
      )
      .finally(() => {
        this.#underWay.delete(delivery.id);
        this.#wakeUp.wake();
      });
    this.#underWay.set(delivery.id, work);
  }

  async #deliver(delivery: Delivery, handler: DeliveryHandler): Promise<void> {
    const began = performance.now();
    const { outcome, reached } = await this.#attempt(delivery, handler);
    if (outcome.kind !== 'accepted' && this.#cut.signal.aborted) return this.#release([delivery]);
    const now = Date.now();
    if (reached && outcome.kind === 'retry') this.#breaker.failed(now);
    else if (reached) this.#breaker.succeeded();
    const after = settled(delivery, outcome, this.#parts.options, now);
    await this.#settle(after, (performance.now() - began) / 1000);
    if (after.state === 'dead' && after.problem && this.#breaker.openUntil() !== null)
      await this.#giveUpOverdue(after.problem);
  }

  async #attempt(delivery: Delivery, handler: DeliveryHandler): Promise<Attempt> {
    try {
      return await handler.attempt(delivery, this.#cut.signal);
    } catch (error) {
      const attempt = failedHere(error);
      if (attempt.outcome.kind === 'retry')
        this.#log.error(
          { delivery: delivery.id, err: error },
          `a ${delivery.item.kind} could not be handed over`,
        );
      return attempt;
    }
  }

  #settle(after: Delivery, seconds: number): Promise<void> {
    return settle(after, seconds, { ...this.#parts, log: this.#log, stopping: this.#stopping.signal });
  }

  /**
   * While the circuit is open, one delivery at a time would take years to give up what waits; so when one
   * is given up, those whose days are over as well go with it.
   */
  async #giveUpOverdue(problem: ProblemJson): Promise<void> {
    for (;;) {
      const now = Date.now();
      const { overdue = [], waiting = [] } = Object.groupBy(await this.#claim(givenUpAtOnce), (delivery) =>
        giveUpAt(delivery, this.#parts.options) <= now ? 'overdue' : 'waiting',
      );
      await this.#release(waiting);
      for (const delivery of overdue) await this.#settle({ ...delivery, state: 'dead', problem }, 0);
      if (overdue.length === 0 || this.#stopping.signal.aborted) return;
    }
  }

  /** Until something is due; the end of an attempt or something new rings before that. */
  async #idleMilliseconds(): Promise<number> {
    const { target, store } = this.#parts;
    const allowed = this.#breaker.allows(this.#concurrency, Date.now());
    if (this.#underWay.size > 0 && this.#underWay.size >= allowed) return longestSleep;
    const due = await store.deliveries.nextDue(target.id);
    const at = Math.max(
      due === null ? Number.POSITIVE_INFINITY : Date.parse(due),
      this.#breaker.openUntil() ?? 0,
    );
    return Math.min(Math.max(at - Date.now(), shortestSleep), longestSleep);
  }

  #tellCircuit(until: number | null): void {
    if (this.#stopping.signal.aborted) return;
    if (until === null) this.#log.warn('the circuit of the destination is closed again');
    else this.#log.warn({ until: new Date(until).toISOString() }, 'the circuit of the destination is open');
    this.#emitCircuit(until);
  }

  #emitCircuit(until: number | null): void {
    const { target, events } = this.#parts;
    events.emit('destination.circuit', {
      destinationId: target.id,
      destination: target.name,
      open: until !== null,
      until: until === null ? null : new Date(until).toISOString(),
    });
  }
}
