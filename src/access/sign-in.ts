import { z } from 'zod';
import { type FieldProblem, invalidInput, Problem } from '../model/problem.ts';
import { problemsOf, validate } from '../resources/validation.ts';
import type { Store } from '../store/store.ts';
import { areEqual, sha256 } from '../vault/digest.ts';
import type { Vault } from '../vault/vault.ts';
import { createKnownDevices } from './known-device.ts';
import { createPasswordHasher } from './password.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createSessions, newSecret } from './session.ts';

const passwordKey = 'sign-in.password';
const setUpTokenKey = 'sign-in.set-up-token';
const secretInput = { secret: ['token', 'password', 'passwordRepeat'] };

const setUpInput = z.strictObject({
  token: z.string().trim().min(1).max(200),
  password: z.string().min(12).max(200),
  passwordRepeat: z.string().max(200).optional(),
});
const signInInput = z.strictObject({ password: z.string().min(1).max(200) });

/** Who may use the console: whoever knows the one password. */
export interface SignIn {
  /** Whether the first-run set-up token is still to be used. */
  setUpNeeded(): Promise<boolean>;
  /**
   * Sets the first password; `input` has `token`, `password` and, where it was asked for twice, `passwordRepeat`. Returns
   * a session cookie's value.
   */
  setUp(input: unknown): Promise<string>;
  /**
   * Rate-limited by device, where the browser brought the cookie of one, else by `address` and in all. Returns a
   * session cookie's value.
   */
  signIn(input: unknown, address: string, deviceCookie?: string): Promise<string>;
  /** The cookie by which a browser that has just signed in is known the next time: the one it has, or a new one. */
  deviceCookie(given: string | undefined): string;
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

export function createSignIn({
  store,
  vault,
}: {
  store: Pick<Store, 'settings' | 'sessions'>;
  vault: Pick<Vault, 'mac'>;
}): SignIn {
  const passwords = createPasswordHasher();
  const attempts = createRateLimiter();
  const devices = createKnownDevices(vault);
  const sessions = createSessions(store);

  return {
    setUpNeeded: async () => (await store.settings.get(passwordKey)) === null,

    // Nobody guesses 256 random bits, so that no number of attempts need be refused, the installer's among them.
    async setUp(input) {
      const wrong = setUpProblems(input, await store.settings.get(setUpTokenKey));
      if (wrong.length > 0) throw invalidInput(wrong);
      const { password } = setUpInput.parse(input);
      // Of two who use the token at once, one sets the password.
      if (!(await store.settings.claim(passwordKey, await passwords.hash(password)))) throw setUpDone();
      await store.settings.delete(setUpTokenKey);
      return sessions.begin();
    },

    async signIn(input, address, deviceCookie) {
      const { password } = validate(signInInput, input, secretInput);
      const visitor = { address, device: devices.find(deviceCookie) };
      attempts.admit(visitor);
      const hash = await store.settings.get(passwordKey);
      const known = visitor.device !== null;
      if (hash === null || !(await passwords.matches(password, hash, known))) throw refused();
      attempts.succeed(visitor);
      return sessions.begin();
    },

    deviceCookie: (given) => (given !== undefined && devices.find(given) !== null ? given : devices.add()),

    verify: sessions.verify,
    signOut: sessions.end,
  };
}

/** All that is wrong with what was entered at the first visit; `tokenHash` is of the token that was printed. */
function setUpProblems(input: unknown, tokenHash: string | null): FieldProblem[] {
  const { error } = setUpInput.safeParse(input);
  const found = error ? problemsOf(error, input, secretInput) : [];
  const { token, password, passwordRepeat } = Object(input) as Record<string, unknown>;
  const isTold = found.some(({ field }) => field === 'token' || field === 'input');
  const isRight =
    typeof token === 'string' && tokenHash !== null && areEqual(sha256(token.trim()), tokenHash);
  if (!isTold && !isRight)
    found.push({ field: 'token', expected: 'the set-up token that Letterbox printed at its latest start' });
  if (passwordRepeat !== undefined && passwordRepeat !== password)
    found.push({ field: 'passwordRepeat', expected: 'the same password as above' });
  return found;
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
