/** Each trial that fails doubles the rest, but no further than this. */
const longestRest = 30 * 60_000;

/**
 * A target that fails again and again is left alone for a while, then tried with one delivery: dead ones cost
 * nothing, and what waits for them uses up none of its attempts.
 */
export class CircuitBreaker {
  readonly #limit: number;
  readonly #firstRest: number;
  readonly #tell: (until: number | null) => void;
  #failures = 0;
  #rest: number;
  #until: number | null = null;

  /** `tell` hears until when it is open, in milliseconds, each time that this changes; null once it is closed again. */
  constructor(
    { failures, restMilliseconds }: { failures: number; restMilliseconds: number },
    tell: (until: number | null) => void,
  ) {
    this.#limit = failures;
    this.#firstRest = restMilliseconds;
    this.#rest = restMilliseconds;
    this.#tell = tell;
  }

  /** How many attempts may be under way: none while open, one as a trial after that, else `wanted`. */
  allows(wanted: number, now: number): number {
    if (this.#until === null) return wanted;
    return now >= this.#until ? Math.min(1, wanted) : 0;
  }

  /** When the next trial is due, in milliseconds; null while closed. */
  openUntil(): number | null {
    return this.#until;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#rest = this.#firstRest;
    if (this.#until === null) return;
    this.#until = null;
    this.#tell(null);
  }

  failed(now: number): void {
    this.#failures++;
    if (this.#until === null) {
      if (this.#failures >= this.#limit) this.#open(now);
    } else if (now >= this.#until) {
      this.#rest = Math.max(this.#firstRest, Math.min(this.#rest * 2, longestRest));
      this.#open(now);
    }
  }

  #open(now: number): void {
    this.#until = now + this.#rest;
    this.#tell(this.#until);
  }
}
