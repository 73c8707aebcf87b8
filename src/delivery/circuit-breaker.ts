/** Each failure while half open doubles how long the circuit stays open, but no further than this. */
const longestOpen = 30 * 60_000;

/**
 * A circuit breaker for a target that fails again and again: open for a while, then half open for one delivery. Dead
 * targets cost nothing, and what waits for them uses up none of its attempts.
 */
export class CircuitBreaker {
  readonly #limit: number;
  readonly #firstOpen: number;
  readonly #tell: (until: number | null) => void;
  #failures = 0;
  #openFor: number;
  #until: number | null = null;

  /** `tell` hears until when it is open, in milliseconds, each time that this changes; null once it is closed again. */
  constructor(
    { failures, openMilliseconds }: { failures: number; openMilliseconds: number },
    tell: (until: number | null) => void,
  ) {
    this.#limit = failures;
    this.#firstOpen = openMilliseconds;
    this.#openFor = openMilliseconds;
    this.#tell = tell;
  }

  /** How many attempts may be under way: none while open, one while half open, else `wanted`. */
  allows(wanted: number, now: number): number {
    if (this.#until === null) return wanted;
    return now >= this.#until ? Math.min(1, wanted) : 0;
  }

  /** From when on it is half open, in milliseconds; null while closed. */
  openUntil(): number | null {
    return this.#until;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openFor = this.#firstOpen;
    if (this.#until === null) return;
    this.#until = null;
    this.#tell(null);
  }

  failed(now: number): void {
    this.#failures++;
    if (this.#until === null) {
      if (this.#failures >= this.#limit) this.#open(now);
    } else if (now >= this.#until) {
      this.#openFor = Math.max(this.#firstOpen, Math.min(this.#openFor * 2, longestOpen));
      this.#open(now);
    }
  }

  #open(now: number): void {
    this.#until = now + this.#openFor;
    this.#tell(this.#until);
  }
}
