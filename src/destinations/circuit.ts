/**
 * A destination that fails again and again is left alone for a while, then tried with one delivery: dead ones
 * cost nothing, and what waits for them uses up none of its attempts.
 */
export interface Circuit {
  /** How many attempts may begin now: none while open, one as a trial after that, else `limit`. */
  allows(limit: number, now: number): number;
  /** When the next trial is due; null while closed. */
  openUntil(): number | null;
  succeeded(): void;
  failed(now: number): void;
}

/** Each time the trial fails, the rest is doubled, up to so many times the first. */
const longestRest = 30;

export function createCircuit(
  { failures: limit, restMilliseconds }: { failures: number; restMilliseconds: number },
  tell: (until: number | null) => void,
): Circuit {
  let failures = 0;
  let rest = restMilliseconds;
  let until: number | null = null;
  return {
    allows: (wanted, now) => (until === null ? wanted : now >= until ? Math.min(1, wanted) : 0),
    openUntil: () => until,
    succeeded() {
      failures = 0;
      rest = restMilliseconds;
      if (until !== null) tell(null);
      until = null;
    },
    failed(now) {
      failures++;
      if (until !== null && now >= until) rest = Math.min(rest * 2, restMilliseconds * longestRest);
      if (failures < limit || (until !== null && now < until)) return;
      until = now + rest;
      tell(until);
    },
  };
}
