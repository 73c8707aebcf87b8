import { Problem } from '../model/problem.ts';
import { customerNetwork } from '../network/networks.ts';

/** Of one address, or of one known device. */
const ownLimit = { free: 5, capMs: 15 * 60_000, forgetMs: 24 * 60 * 60_000 };
/** Of all addresses together: short, as it holds up the right person at a new place just so long. */
const overallLimit = { free: 50, capMs: 1_000, forgetMs: 60 * 60_000 };
const maxAddresses = 10_000;
const maxDevices = 1_000;
const maxTrusted = 100;

interface Tally {
  failures: number;
  lastAt: number;
}

/** Whose attempt it is. */
export interface Visitor {
  address: string;
  /** The device that signed in before, known by a cookie that nobody else can have made; null for any other. */
  device: string | null;
}

/**
 * Slows down guessing: after a few failures each further attempt must wait twice as long as the one before,
 * for each address and, so that many addresses do not help, in all. A device that signed in before has an allowance of
 * its own, so that no stranger can lock its owner out, from whichever address (OWASP: device cookies); and an address
 * that signed in before is not held up by the others. Memory is bounded: what was heard of longest ago is forgotten
 * first.
 */
export function createRateLimiter() {
  const addresses = new Map<string, Tally>();
  const devices = new Map<string, Tally>();
  const trusted = new Set<string>();
  const overall: Tally = { failures: 0, lastAt: 0 };

  return {
    /** Counts an attempt, as failed until {@link succeed}; throws `sign-in.too-many-attempts` if it comes too soon. */
    admit({ address, device }: Visitor): void {
      const now = Date.now();
      const network = customerNetwork(address);
      const [known, key] = device === null ? [addresses, network] : [devices, device];
      const tally = known.get(key) ?? { failures: 0, lastAt: 0 };
      const held = device === null && !trusted.has(network);
      const until = Math.max(
        nextAttempt(tally, ownLimit, now),
        held ? nextAttempt(overall, overallLimit, now) : 0,
      );
      if (now < until) throw tooMany(new Date(until));
      for (const counted of device === null ? [tally, overall] : [tally]) {
        counted.failures++;
        counted.lastAt = now;
      }
      known.delete(key);
      known.set(key, tally);
      evictOldest(addresses, maxAddresses);
      evictOldest(devices, maxDevices);
    },

    succeed({ address, device }: Visitor): void {
      const network = customerNetwork(address);
      if (device !== null) devices.delete(device);
      else overall.failures = Math.max(0, overall.failures - 1);
      addresses.delete(network);
      trusted.add(network);
      evictOldest(trusted, maxTrusted);
    },
  };
}

/** The instant, in milliseconds, before which no further attempt is taken. */
function nextAttempt(tally: Tally, limit: typeof ownLimit, now: number): number {
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
