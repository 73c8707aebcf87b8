import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { invalidInput, Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { areEqual, sha256 } from './digest.ts';
import { createPasswordHasher } from './password.ts';
import { createSignInLimiter } from './sign-in-limiter.ts';
import { validate } from './validation.ts';

const passwordKey = 'sign-in.password';
const setUpTokenKey = 'sign-in.set-up-token';
const sessionHours = 12;
const secretInput = { secret: ['token', 'password'] };

const setUpInput = z.strictObject({
  token: z.string().trim().min(1).max(200),
  password: z.string().min(12).max(200),
});
const signInInput = z.strictObject({ password: z.string().min(1).max(200) });

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

export function createSignInAdministration({
  store,
}: {
  store: Pick<Store, 'settings' | 'sessions'>;
}): Administration['signIn'] {
  const passwords = createPasswordHasher();
  const limiter = createSignInLimiter();

  /** Always a new session: one that the browser brought along is never taken over. */
  async function beginSession(): Promise<string> {
    const now = Date.now();
    const session = newSecret();
    await store.sessions.sweep(new Date(now).toISOString());
    await store.sessions.add({
      idHash: sha256(session),
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + sessionHours * 60 * 60_000).toISOString(),
    });
    return session;
  }

  return {
    setUpNeeded: async () => (await store.settings.get(passwordKey)) === null,

    async setUp(input, from) {
      const { token, password } = validate(setUpInput, input, secretInput);
      limiter.admit(from);
      const expected = await store.settings.get(setUpTokenKey);
      if (expected === null || !areEqual(sha256(token), expected)) throw wrongToken();
      // Of two who use the token at once, one sets the password.
      if (!(await store.settings.claim(passwordKey, await passwords.hash(password)))) throw setUpDone();
      await store.settings.delete(setUpTokenKey);
      limiter.succeed(from);
      return beginSession();
    },

    async signIn(input, from) {
      const { password } = validate(signInInput, input, secretInput);
      limiter.admit(from);
      const hash = await store.settings.get(passwordKey);
      if (hash === null || !(await passwords.matches(password, hash))) throw refused();
      limiter.succeed(from);
      return beginSession();
    },

    async verify(session) {
      const kept = await store.sessions.get(sha256(session));
      return kept !== null && kept.expiresAt > new Date().toISOString();
    },

    signOut: (session) => store.sessions.remove(sha256(session)),
  };
}

/** 256 random bits. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
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
