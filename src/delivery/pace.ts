import type { Clock } from '../concurrency/clock.ts';
import type { Config } from '../config/config.ts';
import type { Outcome } from '../model/delivery.ts';
import type { ProblemKind } from '../model/problem.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { TargetEndpoint } from './endpoint.ts';

/** What ends without anybody here being told. */
const outOfReach: ProblemKind[] = ['unavailable', 'proxy'];

/** How fast deliveries to a target may go: not while it is switched off, at rest, or its circuit is open. */
export class Pace {
  readonly #breaker: CircuitBreaker;
  readonly #endpoint: TargetEndpoint;
  readonly #clock: Clock;
  readonly #probeEvery: number;
  /** When it was last found down, and not since found up; by the running clock. */
  #downAt: number | null = null;

  /** `tell` hears for how long the circuit stays open, in milliseconds, each time that this changes; null once it is closed. */
  constructor(
    endpoint: TargetEndpoint,
    { circuitFailures, circuitSeconds }: Config['delivery'],
    clock: Clock,
    tell: (milliseconds: number | null) => void,
  ) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#probeEvery = circuitSeconds * 1000;
    this.#breaker = new CircuitBreaker(
      { failures: circuitFailures, openMilliseconds: this.#probeEvery },
      (until) => tell(until === null ? null : until - clock.running()),
    );
  }

  get isOpen(): boolean {
    return this.#breaker.openUntil() !== null;
  }

  /** How many attempts may be under way. */
  allows(wanted: number): number {
    if (this.#endpoint.isOff() || this.#endpoint.restLeft() > 0) return 0;
    return this.#breaker.allows(wanted, this.#clock.running());
  }

  /** Whether one is to be tried though none is due: else nobody would notice that a target which was down is up again. */
  isProbeDue(): boolean {
    return this.#untilProbe() <= 0;
  }

  /** In how many milliseconds there is something to do, where the next delivery is due in so many. */
  wait(due: number): number {
    if (this.#endpoint.isOff()) return Number.POSITIVE_INFINITY;
    const half = (this.#breaker.openUntil() ?? 0) - this.#clock.running();
    return Math.max(Math.min(due, this.#untilProbe()), half, this.#endpoint.restLeft());
  }

  /** Takes in how an attempt ended; tells whether a target that was down is up again. */
  took(outcome: Outcome): boolean {
    if (outcome.kind === 'gone') return false;
    if (outcome.kind === 'retry') {
      const now = this.#clock.running();
      this.#breaker.failed(now);
      if (outOfReach.includes(outcome.problem.kind)) this.#downAt = now;
      return false;
    }
    const wasDown = this.#downAt !== null;
    this.#downAt = null;
    this.#breaker.succeeded();
    return wasDown;
  }

  #untilProbe(): number {
    if (this.#downAt === null) return Number.POSITIVE_INFINITY;
    return this.#downAt + this.#probeEvery - this.#clock.running();
  }
}
