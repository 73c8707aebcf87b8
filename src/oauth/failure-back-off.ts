import { backOff } from '../concurrency/back-off.ts';
import type { Problem } from '../model/problem.ts';

interface Failure {
  /** In a row. */
  count: number;
  /** When the first of them was, in milliseconds. */
  since: number;
  /** Nobody asks again before that, in milliseconds. */
  until: number;
  /** Whether a person must mend it. */
  lasting: boolean;
  told: Problem;
}

/** Passing trouble that goes on for so long is not passing. */
const longestPassingMs = 60 * 60_000;
const transientDelay = { first: 2_000, cap: 5 * 60_000 };
/** How often a profile that a person must mend is tried all the same: the mending may be on the other side. */
const lastingDelay = { first: 10 * 60_000, cap: 10 * 60_000 };

/**
 * Back-off after failures of the authority: nobody asks it again before it is over, and everybody gets the same Problem
 * (no retry storm). Some failures hold for one resource, others for the whole profile, which `null` stands for.
 */
export class FailureBackOff {
  readonly #failures = new Map<string | null, Failure>();

  /** Why a token for the resource is not to be asked for now; null when it may be. */
  reason(resource: string): Problem | null {
    const now = Date.now();
    const failures = [this.#failures.get(null), this.#failures.get(resource)];
    return failures.find((failure) => failure && now < failure.until)?.told ?? null;
  }

  /** Delays grow with each failure; `told` makes of the end of one what everybody gets. Returns that. */
  failed(resource: string | null, problem: Problem, told: (until: Date) => Problem): Problem {
    const before = this.#failures.get(resource);
    const count = (before?.count ?? 0) + 1;
    const since = before?.since ?? Date.now();
    const lasting = problem.retry === 'no';
    const delay = backOff(count, lasting ? lastingDelay : transientDelay);
    const named = problem.retry instanceof Date ? problem.retry.getTime() : 0;
    const until = new Date(Math.max(Date.now() + delay, named));
    const failure = { count, since, until: until.getTime(), lasting, told: told(until) };
    this.#failures.set(resource, failure);
    return failure.told;
  }

  /** Whether it has failed for so long that a person should look. */
  isLong(resource: string | null): boolean {
    const since = this.#failures.get(resource)?.since;
    return since !== undefined && Date.now() - since >= longestPassingMs;
  }

  /** A token for the resource was had. */
  succeeded(resource: string): void {
    this.#failures.delete(null);
    this.#failures.delete(resource);
  }

  reset(): void {
    this.#failures.clear();
  }

  /** What keeps another resource of the profile from its tokens until a person mends it. */
  lasting(besides: string): Problem | null {
    const others = [...this.#failures].filter(
      ([resource, { lasting }]) => lasting && resource !== null && resource !== besides,
    );
    return others[0]?.[1].told ?? null;
  }
}
