import type { Problem } from '../model/problem.ts';

/**
 * How the store itself fares. Everything that shows how Letterbox is asks here, as what is in trouble cannot be relied on
 * to write down that it is: a full disk and damage are red everywhere at once.
 */
export interface StoreHealth {
  /** What stands in the way of writing now; null when nothing does. It passes by itself once that is mended. */
  writing(): Problem | null;
  /** That what was stored is not what was written; null when nothing is known of. It stays until the next start. */
  damage(): Problem | null;
  /** Looks for damage in the background: after an end that was none of ours, and where it takes little. */
  check(): void;
  /** Calls back with what is wrong from now on, each once; with null when writing is possible again. */
  onChange(listener: (problem: Problem | null) => void): void;
}

/** The worst that is known. */
export function storeProblem(health: Pick<StoreHealth, 'writing' | 'damage'>): Problem | null {
  return health.writing() ?? health.damage();
}
