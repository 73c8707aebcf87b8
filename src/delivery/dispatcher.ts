import { isDeepStrictEqual } from 'node:util';
import { type Clock, clock as usualClock } from '../concurrency/clock.ts';
import { createMutex } from '../concurrency/mutex.ts';
import type { Config } from '../config/config.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { DeliveryHandler, Target } from './handler.ts';
import { DeliveryWorker } from './worker.ts';

export interface DispatcherParts<T extends Target> {
  store: Store;
  /** All there are, each with everything whose change calls for a new worker. */
  targets(): Promise<T[]>;
  open(target: T): Promise<DeliveryHandler>;
  options: Config['delivery'];
  clock?: Clock;
  events: EventBus;
  log: Log;
}

/**
 * Keeps a worker for each enabled target, destinations and outgoing email servers alike; a changed one gets a new
 * worker.
 */
export class Dispatcher<T extends Target = Target> {
  readonly #parts: DispatcherParts<T>;
  readonly #workers = new Map<string, { target: T; worker: DeliveryWorker }>();
  /** Stops under way: these workers begin nothing more and keep nobody waiting but our own stop. */
  readonly #ending = new Set<Promise<void>>();
  /** One change after the other. */
  readonly #inTurn = createMutex();
  #running = false;

  constructor(parts: DispatcherParts<T>) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#running = true;
    await this.refresh();
  }

  /** There is something new to deliver, to one target or to any. */
  wake(targetId?: string): void {
    if (targetId !== undefined) this.#workers.get(targetId)?.worker.wake();
    else for (const { worker } of this.#workers.values()) worker.wake();
  }

  /** Targets were added, changed or removed. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#follow());
  }

  /** Why the circuits of these are open may be mended: they are tried at once. */
  renew(which: (target: T) => boolean): Promise<void> {
    for (const { target } of [...this.#workers.values()]) if (which(target)) this.#end(target.id);
    return this.refresh();
  }

  /** Ends when no attempt is under way any more, which takes a few seconds at most. */
  async stop(): Promise<void> {
    this.#running = false;
    for (const id of [...this.#workers.keys()]) this.#end(id);
    await Promise.all(this.#ending);
  }

  async #follow(): Promise<void> {
    const parts = this.#parts;
    const targets = (await parts.targets()).filter(({ enabled }) => enabled);
    if (!this.#running) return;
    const wanted = new Map(targets.map((target) => [target.id, target]));
    for (const [id, { target }] of this.#workers)
      if (!isDeepStrictEqual(wanted.get(id), target)) this.#end(id);
    for (const [id, target] of wanted)
      if (!this.#workers.has(id)) {
        const worker = new DeliveryWorker({
          clock: usualClock,
          ...parts,
          target,
          open: () => parts.open(target),
        });
        this.#workers.set(id, { target, worker });
      }
  }

  #end(id: string): void {
    const stop = this.#workers.get(id)?.worker.stop();
    this.#workers.delete(id);
    if (!stop) return;
    this.#ending.add(stop);
    void stop.then(() => this.#ending.delete(stop));
  }
}
