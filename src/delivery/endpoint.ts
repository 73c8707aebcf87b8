import type { Clock } from '../concurrency/clock.ts';
import type { Endpoint } from '../model/delivery.ts';
import type { Problem } from '../model/problem.ts';
import type { EndpointStore } from '../store/deliveries.ts';
import type { Target } from './handler.ts';

/** Nobody is left alone for longer, whatever was stored: the wall clock may have been ahead then. */
const longestRest = 24 * 60 * 60_000;
const clockEvery = 30_000;

/**
 * How a target stands, through restarts: switched off by its own answer until a person acts, or at rest as it asked to
 * be. And its clock, which goes only while deliveries to it are tried: by that they age, so that neither a step of
 * the wall clock nor an outage of our own makes any of them a dead letter.
 */
export class TargetEndpoint {
  readonly #store: EndpointStore;
  readonly #target: Target;
  readonly #clock: Clock;
  #known: Endpoint;
  /** By the running clock. */
  #restsUntil: number;
  #counted: number;
  #countedAt: number;
  #writtenAt = Number.NEGATIVE_INFINITY;

  static async load(store: EndpointStore, target: Target, clock: Clock): Promise<TargetEndpoint> {
    return new TargetEndpoint(store, target, clock, await store.get(target), await store.clock(target.id));
  }

  private constructor(store: EndpointStore, target: Target, clock: Clock, known: Endpoint, counted: number) {
    this.#store = store;
    this.#target = target;
    this.#clock = clock;
    this.#known = known;
    this.#counted = counted;
    this.#countedAt = clock.running();
    const rest = known.restsUntil === null ? 0 : Date.parse(known.restsUntil) - clock.wall();
    this.#restsUntil = this.#countedAt + (rest > longestRest ? 0 : rest);
  }

  isOff(): boolean {
    return this.#known.disabled !== null;
  }

  /** For how long it is to be left alone, in milliseconds; 0 if it is not. */
  restLeft(): number {
    return Math.max(0, this.#restsUntil - this.#clock.running());
  }

  /** What its clock says, in milliseconds. */
  reading(): number {
    const now = this.#clock.running();
    if (!this.isOff()) this.#counted += now - this.#countedAt;
    this.#countedAt = now;
    return Math.round(this.#counted);
  }

  async switchOff(problem: Problem): Promise<void> {
    this.reading();
    const disabledAt = new Date(this.#clock.wall()).toISOString();
    this.#known = { ...this.#known, disabled: problem.toJSON(), disabledAt };
    await this.#store.set(this.#target, this.#known);
  }

  /** `until`: by the wall clock, as it was just asked for. */
  async rest(until: Date): Promise<void> {
    const rest = Math.min(until.getTime() - this.#clock.wall(), longestRest);
    this.#restsUntil = Math.max(this.#restsUntil, this.#clock.running() + rest);
    this.#known = { ...this.#known, restsUntil: until.toISOString() };
    await this.#store.set(this.#target, this.#known);
  }

  /** Writes the clock down, now and then; what began to wait since has its age from there. */
  async writeClock(isDue = this.#clock.running() - this.#writtenAt >= clockEvery): Promise<void> {
    if (!isDue) return;
    await this.#store.setClock(this.#target.id, this.reading());
    this.#writtenAt = this.#clock.running();
  }
}
