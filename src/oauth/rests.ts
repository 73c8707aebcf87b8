import { backOff } from '../concurrency/back-off.ts';
import type { Problem } from '../model/problem.ts';

/**
 * Rests after failures: nobody asks the authority before they are over, everybody gets the same Problem (no retry
 * storm). Some hold for one resource, others for the whole profile, which `null` stands for.
 */
export interface Rests {
  /** Why a token for the resource is not to be asked for now; null when it may be. */
  reason(resource: string): Problem | null;
  /** Begins one that grows with each failure; `told` makes of its end what everybody gets. Returns that. */
  begin(place: string | null, problem: Problem, told: (until: Date) => Problem): Problem;
  /** A token for the resource was had. */
  end(resource: string): void;
  endAll(): void;
  /** What keeps another resource of the profile from its tokens until a person mends it. */
  lasting(besides: string): Problem | null;
}

interface Rest {
  failures: number;
  until: number;
  lasting: boolean;
  told: Problem;
}

const transientRest = { first: 2_000, cap: 5 * 60_000 };
/** How often a profile that a person must mend is tried all the same: the mending may be on the other side. */
const failingRest = { first: 10 * 60_000, cap: 10 * 60_000 };

export function createRests(): Rests {
  const rests = new Map<string | null, Rest>();
  return {
    reason(resource) {
      const now = Date.now();
      const resting = [rests.get(null), rests.get(resource)].find((rest) => rest && now < rest.until);
      return resting?.told ?? null;
    },
    begin(place, problem, told) {
      const failures = (rests.get(place)?.failures ?? 0) + 1;
      const lasting = problem.retry === 'no';
      const wait = backOff(failures, lasting ? failingRest : transientRest);
      const named = problem.retry instanceof Date ? problem.retry.getTime() : 0;
      const until = new Date(Math.max(Date.now() + wait, named));
      const rest = { failures, until: until.getTime(), lasting, told: told(until) };
      rests.set(place, rest);
      return rest.told;
    },
    end(resource) {
      rests.delete(null);
      rests.delete(resource);
    },
    endAll: () => rests.clear(),
    lasting(besides) {
      const others = [...rests].filter(
        ([place, { lasting }]) => lasting && place !== null && place !== besides,
      );
      return others[0]?.[1].told ?? null;
    },
  };
}
