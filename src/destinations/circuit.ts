/**
 * A destination that fails again and again is left alone for a while, then tried with one delivery: dead ones
 * cost nothing, and what waits for them uses up none of its attempts.
 */
export interface Circuit {
  /** How many attempts may be under way: none while open, one as a trial after that, else `limit`. */
  allows(limit: number, now: number): number;
  /** When the next trial is due, in milliseconds; null while closed. */
  openUntil(): number | null;
  succeeded(): void;
  failed(now: number): void;
}

/** Each trial that fails doubles the rest, but no further than this. */
const longestRest = 30 * 60_000;

export function createCircuit(
  { failures: limit, restMilliseconds }: { failures: number; restMilliseconds: number },
  tell: (until: number | null) => void,
): Circuit {
  let failures = 0;
  let rest = restMilliseconds;
  let until: number | null = null;

  function open(now: number): void {
    until = now + rest;
    tell(until);
  }

  return {
    allows: (wanted, now) => (until === null ? wanted : now >= until ? Math.min(1, wanted) : 0),
    openUntil: () => until,
    succeeded() {
      failures = 0;
      rest = restMilliseconds;
      if (until === null) return;
      until = null;
      tell(null);
    },
    failed(now) {
      failures++;
      if (until === null) {
        if (failures >= limit) open(now);
      } else if (now >= until) {
        rest = Math.max(restMilliseconds, Math.min(rest * 2, longestRest));
        open(now);
      }
    },
  };
}
