import { type BackOff, backOff } from '../concurrency/back-off.ts';
import { type Clock, watchSteps } from '../concurrency/clock.ts';
import { untilDone } from '../concurrency/retry.ts';
import { sleep } from '../concurrency/sleep.ts';
import { createWakeUp } from '../concurrency/wake-up.ts';
import type { Config } from '../config/config.ts';
import type { Delivery, DeliveryAttempt, Outcome } from '../model/delivery.ts';
import type { Problem, ProblemJson } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { TargetEndpoint } from './endpoint.ts';
import { type Attempt, type DeliveryHandler, failedHere, type Target } from './handler.ts';
import { Pace } from './pace.ts';
import { longestDelay, settle, settled, timeLeft } from './settling.ts';

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
const anyTime = '9999-12-31T23:59:59.999Z';

export interface WorkerParts {
  target: Target;
  /** Opens the handler of the target's deliveries; tried again while it throws. */
  open: () => Promise<DeliveryHandler>;
  store: Store;
  options: Config['delivery'];
  clock: Clock;
  events: EventBus;
  log: Log;
}

/** What a worker goes by once it has everything. */
interface Opened {
  handler: DeliveryHandler;
  endpoint: TargetEndpoint;
  pace: Pace;
  concurrency: number;
}

/** The deliveries of one target, in a loop of its own: a slow one keeps nobody else waiting. */
export class DeliveryWorker {
  readonly #parts: WorkerParts;
  readonly #log: Log;
  readonly #wakeUp = createWakeUp();
  readonly #stopping = new AbortController();
  /** Ends the attempts under way. */
  readonly #cut = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #hasStepped: () => boolean;
  readonly #running: Promise<void>;
  #opened: Opened | null = null;

  /** Begins at once. */
  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#log = parts.log.child({ destination: parts.target.name });
    this.#hasStepped = watchSteps(parts.clock);
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
    if (this.#opened?.pace.isOpen) this.#emitCircuit(null);
    this.#stopping.abort();
    this.#wakeUp.wake();
    const timer = setTimeout(() => this.#cut.abort(), stopGrace);
    await this.#running;
    await Promise.all(this.#underWay.values());
    clearTimeout(timer);
    await this.#opened?.endpoint
      .writeClock(true)
      .catch((error) => this.#log.error({ err: error }, 'the age of deliveries was not written down'));
  }

  async #run(): Promise<void> {
    // The clock may also have been ahead when what waits was stored
    let hasStepped = true;
    for (let failures = 0; !this.#stopping.signal.aborted; )
      try {
        this.#opened ??= await this.#open();
        const opened = this.#opened;
        hasStepped ||= this.#hasStepped();
        if (hasStepped) await this.#bringForward(longestDelay);
        hasStepped = false;
        await opened.endpoint.writeClock();
        const began = await this.#beginDue(opened);
        failures = 0;
        if (began === 0) await this.#wakeUp.sleep(await this.#idleMilliseconds(opened));
      } catch (error) {
        this.#log.error({ err: error }, 'deliveries pause');
        await sleep(backOff(++failures, troubleDelay), this.#stopping.signal);
      }
  }

  async #open(): Promise<Opened> {
    const { target, store, options, clock } = this.#parts;
    const handler = await this.#parts.open();
    const endpoint = await TargetEndpoint.load(store.endpoints, target, clock);
    const pace = new Pace(endpoint, options, clock, (milliseconds) => this.#tellCircuit(milliseconds));
    const concurrency = Math.min(options.concurrency, handler.concurrency ?? options.concurrency);
    return { handler, endpoint, pace, concurrency };
  }

  /** Makes due what waits for more than so many milliseconds. */
  #bringForward(milliseconds: number): Promise<void> {
    const { target, store } = this.#parts;
    return store.deliveries.bringForward(target.id, this.#instant(), this.#instant(milliseconds));
  }

  #instant(inMilliseconds = 0): string {
    return new Date(this.#parts.clock.wall() + inMilliseconds).toISOString();
  }

  /** Claims what is due, as far as there is room, and begins it; tells how many. */
  async #beginDue({ handler, pace, concurrency }: Opened): Promise<number> {
    const room = pace.allows(concurrency) - this.#underWay.size;
    if (room <= 0) return 0;
    const isProbe = this.#underWay.size === 0 && pace.isProbeDue();
    const claimed = await (isProbe ? this.#claim(1, anyTime) : this.#claim(room));
    if (this.#stopping.signal.aborted) await this.#release(claimed);
    else for (const delivery of claimed) this.#begin(delivery, handler);
    return claimed.length;
  }

  async #claim(limit: number, due = this.#instant()): Promise<Delivery[]> {
    const { target, store, options } = this.#parts;
    const lease = this.#instant(options.timeoutSeconds * 1000 + leaseBeyondTimeout);
    const claimed = await store.deliveries.claim(target.id, this.#instant(), lease, limit, due);
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
    const { clock, options } = this.#parts;
    const { endpoint, pace } = this.#opened as Opened;
    const at = this.#instant();
    const began = clock.running();
    const { outcome, reached } = await this.#attempt(delivery, handler);
    if (outcome.kind !== 'accepted' && this.#cut.signal.aborted) return this.#release([delivery]);
    const took = clock.running() - began;
    const isUpAgain = reached && pace.took(outcome);
    await this.#heed(outcome, endpoint);
    const after = settled(delivery, outcome, options, { now: clock.wall(), clock: endpoint.reading() });
    const answer = outcome.answer ?? null;
    await this.#settle(after, { at, took, answer, problem: after.problem?.code ?? null });
    if (isUpAgain) await this.#bringForward(0);
    if (pace.isOpen) await endpoint.writeClock(true);
    if (after.state === 'dead' && after.problem && pace.isOpen) await this.#giveUpOverdue(after.problem);
  }

  /** What the target said of itself, beside the delivery. */
  async #heed(outcome: Outcome, endpoint: TargetEndpoint): Promise<void> {
    const work =
      outcome.kind === 'gone'
        ? () => endpoint.switchOff(outcome.problem)
        : outcome.kind === 'retry' && outcome.rests && outcome.after
          ? () => endpoint.rest(outcome.after as Date)
          : null;
    if (!work) return;
    await untilDone(work, this.#stopping.signal, (error) =>
      this.#log.error({ err: error }, 'how the destination stands waits to be written down'),
    );
    if (outcome.kind === 'gone') this.#tellDisabled(outcome.problem);
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

  #settle(after: Delivery, attempt: DeliveryAttempt | null): Promise<void> {
    return settle(after, attempt, { ...this.#parts, log: this.#log, stopping: this.#stopping.signal });
  }

  /**
   * While the circuit is open, one delivery at a time would take years to give up what waits; so when one
   * is given up, those whose days are over as well go with it.
   */
  async #giveUpOverdue(problem: ProblemJson): Promise<void> {
    const { options } = this.#parts;
    const clock = (this.#opened as Opened).endpoint.reading();
    for (;;) {
      const { overdue = [], waiting = [] } = Object.groupBy(await this.#claim(givenUpAtOnce), (delivery) =>
        timeLeft(delivery, options, clock) <= 0 ? 'overdue' : 'waiting',
      );
      await this.#release(waiting);
      for (const delivery of overdue) await this.#settle({ ...delivery, state: 'dead', problem }, null);
      if (overdue.length === 0 || this.#stopping.signal.aborted) return;
    }
  }

  /** Until something is due; the end of an attempt or something new rings before that. */
  async #idleMilliseconds({ pace, concurrency }: Opened): Promise<number> {
    const { target, store, clock } = this.#parts;
    const allowed = pace.allows(concurrency);
    if (this.#underWay.size > 0 && this.#underWay.size >= allowed) return longestSleep;
    const due = await store.deliveries.nextDue(target.id);
    const wait = due === null ? longestSleep : pace.wait(Date.parse(due) - clock.wall());
    return Math.min(Math.max(wait, shortestSleep), longestSleep);
  }

  #tellCircuit(milliseconds: number | null): void {
    if (this.#stopping.signal.aborted) return;
    const until = milliseconds === null ? null : this.#instant(milliseconds);
    if (until === null) this.#log.warn('the circuit of the destination is closed again');
    else this.#log.warn({ until }, 'the circuit of the destination is open');
    this.#emitCircuit(until);
  }

  #tellDisabled(problem: Problem): void {
    const { target, events } = this.#parts;
    this.#log.warn({ problem: problem.code }, 'the destination is switched off, as it answered');
    const told = { destinationId: target.id, destination: target.name, problem: problem.toJSON() };
    events.emit('destination.disabled', told);
  }

  #emitCircuit(until: string | null): void {
    const { target, events } = this.#parts;
    events.emit('destination.circuit', {
      destinationId: target.id,
      destination: target.name,
      open: until !== null,
      until,
    });
  }
}
