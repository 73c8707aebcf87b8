import { z } from 'zod';
import { invalidInput, Problem } from '../model/problem.ts';
import { validate } from '../resources/validation.ts';
import type { Store } from '../store/store.ts';
import { areEqual, sha256 } from '../vault/digest.ts';
import { createPasswordHasher } from './password.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createSessions, newSecret } from './session.ts';

const passwordKey = 'sign-in.password';
const setUpTokenKey = 'sign-in.set-up-token';
const secretInput = { secret: ['token', 'password'] };

const setUpInput = z.strictObject({
  token: z.string().trim().min(1).max(200),
  password: z.string().min(12).max(200),
});
const signInInput = z.strictObject({ password: z.string().min(1).max(200) });

/** Who may use the console: whoever knows the one password. */
export interface SignIn {
  /** Whether the first-run set-up token is still to be used. */
  setUpNeeded(): Promise<boolean>;
  /** Sets the first password; `input` has `token` and `password`. Returns a session cookie's value. */
  setUp(input: unknown, from: string): Promise<string>;
  /** Rate-limited by `from` (an address) and in all. Returns a session cookie's value. */
  signIn(input: unknown, from: string): Promise<string>;
  /** Whether the cookie's value is a session in force. */
  verify(session: string): Promise<boolean>;
  signOut(session: string): Promise<void>;
}

/**
 * For the first start: a new set-up token, to be printed once where only the installer reads it; the store
 * keeps its hash, and a token made before stops working. Null when a password is set already.
 */
export async function prepareSetUp(store: Pick<Store, 'settings'>): Promise<string | null> {
  if ((await store.settings.get(passwordKey)) !== null) return null;
  const token = newSecret();
  await store.settings.set(setUpTokenKey, sha256(token));
  return token;
}

export function createSignIn({ store }: { store: Pick<Store, 'settings' | 'sessions'> }): SignIn {
  const passwords = createPasswordHasher();
  const attempts = createRateLimiter();
  const sessions = createSessions(store);

  return {
    setUpNeeded: async () => (await store.settings.get(passwordKey)) === null,

    async setUp(input, from) {
      const { token, password } = validate(setUpInput, input, secretInput);
      attempts.admit(from);
      const expected = await store.settings.get(setUpTokenKey);
      if (expected === null || !areEqual(sha256(token), expected)) throw wrongToken();
      // Of two who use the token at once, one sets the password.
      if (!(await store.settings.claim(passwordKey, await passwords.hash(password)))) throw setUpDone();
      await store.settings.delete(setUpTokenKey);
      attempts.succeed(from);
      return sessions.begin();
    },

    async signIn(input, from) {
      const { password } = validate(signInInput, input, secretInput);
      attempts.admit(from);
      const hash = await store.settings.get(passwordKey);
      if (hash === null || !(await passwords.matches(password, hash))) throw refused();
      attempts.succeed(from);
      return sessions.begin();
    },

    verify: sessions.verify,
    signOut: sessions.end,
  };
}

function wrongToken(): Problem {
  return invalidInput([
    { field: 'token', expected: 'the set-up token that Letterbox printed at its latest start' },
  ]);
}

function setUpDone(): Problem {
  return new Problem({
    code: 'set-up.done',
    kind: 'conflict',
    title: 'Letterbox has been set up already',
    remedy: 'Sign in with the password.',
  });
}

function refused(): Problem {
  return new Problem({
    code: 'sign-in.refused',
    kind: 'unauthenticated',
    title: 'The password is wrong',
    remedy: 'Try again. Mind the capitals.',
    fields: [{ field: 'password', expected: 'the password chosen at set-up' }],
  });
}
