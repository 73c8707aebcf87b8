/**
 * A circuit breaker for a target that fails again and again: open for a while, then half open for one delivery. Dead
 * targets cost nothing, and what waits for them uses up none of its attempts. Instants are those of a clock that only
 * goes on, in milliseconds.
 */
export class CircuitBreaker {
  readonly #limit: number;
  readonly #openFor: number;
  readonly #tell: (until: number | null) => void;
  #failures = 0;
  #until: number | null = null;

  /** `tell` hears until when it is open, each time that this changes; null once it is closed again. */
  constructor(
    { failures, openMilliseconds }: { failures: number; openMilliseconds: number },
    tell: (until: number | null) => void,
  ) {
    this.#limit = failures;
    this.#openFor = openMilliseconds;
    this.#tell = tell;
  }

  /** How many attempts may be under way: none while open, one while half open, else `wanted`. */
  allows(wanted: number, now: number): number {
    if (this.#until === null) return wanted;
    return now >= this.#until ? Math.min(1, wanted) : 0;
  }

  /** From when on it is half open; null while closed. */
  openUntil(): number | null {
    return this.#until;
  }

  succeeded(): void {
    this.#failures = 0;
    if (this.#until === null) return;
    this.#until = null;
    this.#tell(null);
  }

  failed(now: number): void {
    this.#failures++;
    if (this.#until === null ? this.#failures >= this.#limit : now >= this.#until) {
      this.#until = now + this.#openFor;
      this.#tell(this.#until);
    }
  }
}
