import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { createMutex } from '../concurrency/mutex.ts';
import { Problem } from '../model/problem.ts';

/** RFC 7914; the cost that OWASP's password storage recommendation names: 128 MiB for each hash. */
const cost = { N: 2 ** 17, r: 8, p: 1 };
const keyBytes = 32;
const saltBytes = 16;
/** Hashes waiting for their turn; each one under way takes 128 MiB. */
const maxWaiting = 16;

const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** Hashes passwords one at a time, so that a flood of attempts cannot take all memory. */
export function createPasswordHasher() {
  const inTurn = createMutex();
  let waiting = 0;

  async function hashInTurn<T>(work: () => Promise<T>, known = false): Promise<T> {
    if (waiting >= maxWaiting && !known) throw busy();
    waiting++;
    return inTurn(work).finally(() => waiting--);
  }

  return {
    /** A new salted hash, with its parameters, as `scrypt$N$r$p$salt$key` (base64url). */
    hash: (password: string) =>
      hashInTurn(async () => {
        const salt = randomBytes(saltBytes);
        const key = await derive(normalise(password), salt, keyBytes, options(cost));
        return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join(
          '$',
        );
      }),

    /**
     * Whether a password is the one that was hashed, with the parameters of that time. A `known` visitor may wait
     * however many others do.
     */
    matches: (password: string, hash: string, known: boolean) =>
      hashInTurn(async () => {
        const [, N, r, p, salt = '', key = ''] = hash.split('$');
        const expected = Buffer.from(key, 'base64url');
        const then = options({ N: Number(N), r: Number(r), p: Number(p) });
        const given = await derive(
          normalise(password),
          Buffer.from(salt, 'base64url'),
          expected.length,
          then,
        );
        return timingSafeEqual(given, expected);
      }, known),
  };
}

function options({ N, r, p }: typeof cost): ScryptOptions {
  return { N, r, p, maxmem: 128 * N * r + 1024 * 1024 };
}

/** Keyboards differ in how they compose letters (RFC 8265 4.2.2). */
function normalise(password: string): string {
  return password.normalize('NFC');
}

function busy(): Problem {
  return new Problem({
    code: 'sign-in.busy',
    kind: 'busy',
    title: 'Too many people are signing in at this moment',
    remedy: 'Wait a few seconds and try again.',
    retry: 'later',
  });
}
