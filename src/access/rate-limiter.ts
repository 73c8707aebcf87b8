import { Problem } from '../model/problem.ts';
import { customerNetwork } from '../network/networks.ts';

const addressLimit = { free: 5, capMs: 15 * 60_000, forgetMs: 24 * 60 * 60_000 };
const overallLimit = { free: 50, capMs: 5_000, forgetMs: 60 * 60_000 };
const maxAddresses = 10_000;
const maxTrusted = 100;

interface Tally {
  failures: number;
  lastAt: number;
}

/**
 * Slows down guessing: after a few failures each further attempt must wait twice as long as the one before,
 * for each address and, so that many addresses do not help, in all. An address that signed in before is
 * not held up by the others. Memory is bounded: the addresses heard of longest ago are forgotten first.
 */
export function createRateLimiter() {
  const addresses = new Map<string, Tally>();
  const trusted = new Set<string>();
  const overall: Tally = { failures: 0, lastAt: 0 };

  return {
    /** Counts an attempt, as failed until {@link succeed}; throws `sign-in.too-many-attempts` if it comes too soon. */
    admit(from: string): void {
      const now = Date.now();
      const network = customerNetwork(from);
      const tally = addresses.get(network) ?? { failures: 0, lastAt: 0 };
      const until = Math.max(
        nextAttempt(tally, addressLimit, now),
        trusted.has(network) ? 0 : nextAttempt(overall, overallLimit, now),
      );
      if (now < until) throw tooMany(new Date(until));
      for (const counted of [tally, overall]) {
        counted.failures++;
        counted.lastAt = now;
      }
      addresses.delete(network);
      addresses.set(network, tally);
      evictOldest(addresses, maxAddresses);
    },

    succeed(from: string): void {
      const network = customerNetwork(from);
      addresses.delete(network);
      overall.failures = Math.max(0, overall.failures - 1);
      trusted.add(network);
      evictOldest(trusted, maxTrusted);
    },
  };
}

/** The instant, in milliseconds, before which no further attempt is taken. */
function nextAttempt(tally: Tally, limit: typeof addressLimit, now: number): number {
  if (now - tally.lastAt > limit.forgetMs) tally.failures = 0;
  if (tally.failures < limit.free) return 0;
  return tally.lastAt + Math.min(limit.capMs, 1000 * 2 ** Math.min(30, tally.failures - limit.free));
}

function evictOldest(entries: Map<string, unknown> | Set<string>, max: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= max) return;
    entries.delete(key);
  }
}

function tooMany(until: Date): Problem {
  const seconds = Math.ceil((until.getTime() - Date.now()) / 1000);
  return new Problem({
    code: 'sign-in.too-many-attempts',
    kind: 'rate-limited',
    title: 'Too many attempts to sign in',
    detail: `The next attempt is possible in ${seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`}.`,
    remedy: 'Wait that long, then try again.',
    retry: until,
  });
}
