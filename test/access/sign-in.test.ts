import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createSignIn, prepareSetUp } from '../../src/access/sign-in.ts';
import { Problem } from '../../src/model/problem.ts';
import { openStore } from '../store/fixtures.ts';

const password = 'correct horse battery';

const problem = (code: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof Problem);
  assert.equal(error.code, code);
  if (field) assert.equal(error.fields?.[0]?.field, field);
  return true;
};

async function open(t: TestContext) {
  const store = await openStore(t);
  return { store, signIn: createSignIn({ store }) };
}

async function openSetUp(t: TestContext) {
  const { store, signIn } = await open(t);
  const session = await signIn.setUp({ token: await prepareSetUp(store), password }, '192.0.2.1');
  return { store, signIn, session };
}

test('the set-up token sets the first password once, and only the latest token does', async (t) => {
  const { store, signIn } = await open(t);
  assert.equal(await signIn.setUpNeeded(), true);
  const stale = await prepareSetUp(store);
  const token = await prepareSetUp(store);

  await assert.rejects(signIn.setUp({ token: stale, password }, '::1'), problem('input.invalid', 'token'));
  await assert.rejects(
    signIn.setUp({ token, password: 'too short' }, '::1'),
    problem('input.invalid', 'password'),
  );
  const both = await Promise.allSettled([
    signIn.setUp({ token, password }, '::1'),
    signIn.setUp({ token, password: 'another password' }, '::1'),
  ]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);

  assert.equal(await signIn.setUpNeeded(), false);
  assert.equal(await prepareSetUp(store), null);
  await assert.rejects(signIn.setUp({ token, password }, '::1'), problem('input.invalid', 'token'));
});

test('neither password, token nor session can be read from the store', async (t) => {
  const { store, signIn } = await open(t);
  const token = await prepareSetUp(store);
  const kept = [await store.settings.get('sign-in.set-up-token')];
  const session = await signIn.setUp({ token, password }, '::1');
  const hash = await store.settings.get('sign-in.password');
  kept.push(hash, JSON.stringify(await store.sessions.get(session)));
  assert.match(hash ?? '', /^scrypt\$131072\$8\$1\$/);
  for (const value of kept)
    for (const secret of [token, password, session]) assert.ok(!value?.includes(secret ?? 'none'));
});

test('a session is new at each sign-in, lasts 12 hours, and ends with sign out', async (t) => {
  const { signIn, session } = await openSetUp(t);
  const second = await signIn.signIn({ password }, '192.0.2.1');
  assert.notEqual(second, session);
  assert.equal(Buffer.from(second, 'base64url').length, 32);
  assert.equal(await signIn.verify(second), true);
  assert.equal(await signIn.verify('invented'), false);

  await signIn.signOut(second);
  assert.equal(await signIn.verify(second), false);
  assert.equal(await signIn.verify(session), true);

  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 12 * 60 * 60_000 });
  assert.equal(await signIn.verify(session), false);
});

test('a wrong password is refused without quoting it; composed letters are the same letters', async (t) => {
  const { store, signIn } = await open(t);
  const token = await prepareSetUp(store);
  await signIn.setUp({ token, password: 'Zur schönen Aussicht' }, '::1');
  await signIn.signIn({ password: 'Zur scho\u0308nen Aussicht' }, '::1');
  await assert.rejects(signIn.signIn({ password: 'wrong guess' }, '::1'), (error) => {
    assert.ok(!JSON.stringify(error).includes('wrong guess'));
    return problem('sign-in.refused', 'password')(error);
  });
  await assert.rejects(signIn.signIn({ password: '' }, '::1'), problem('input.invalid', 'password'));
});

/** A wrong set-up token counts like a wrong password, and costs no hash. */
const wrongGuess = { token: 'guessed', password };

test('guessing from one address is slowed down more and more; others are not held up', async (t) => {
  const { signIn } = await openSetUp(t);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const guess = (from: string) => signIn.setUp(wrongGuess, from);
  for (let i = 0; i < 5; i++) await assert.rejects(guess('203.0.113.5'), problem('input.invalid', 'token'));

  const waits: number[] = [];
  for (let i = 0; i < 3; i++) {
    await assert.rejects(signIn.signIn({ password }, '203.0.113.5'), (error) => {
      assert.ok(error instanceof Problem && error.retry instanceof Date);
      waits.push(error.retry.getTime() - Date.now());
      return problem('sign-in.too-many-attempts')(error);
    });
    t.mock.timers.setTime(Date.now() + (waits.at(-1) ?? 0));
    await assert.rejects(signIn.signIn({ password: 'wrong' }, '203.0.113.5'), problem('sign-in.refused'));
  }
  assert.deepEqual(waits, [1000, 2000, 4000]);
  await signIn.signIn({ password }, '203.0.113.6');

  // The whole /64 of an IPv6 customer counts as one.
  for (let i = 1; i <= 5; i++) await assert.rejects(guess(`2001:db8::${i}`), problem('input.invalid'));
  await assert.rejects(guess('2001:db8:0:0:ffff::1'), problem('sign-in.too-many-attempts'));
  await assert.rejects(guess('2001:db8:0:1::1'), problem('input.invalid'));
});

test('guessing from many addresses is slowed down too, but not for one that signed in before', async (t) => {
  const { signIn } = await openSetUp(t);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  for (let i = 0; i < 50; i++)
    await assert.rejects(signIn.setUp(wrongGuess, `203.0.113.${i}`), problem('input.invalid', 'token'));
  await assert.rejects(signIn.signIn({ password }, '203.0.113.99'), problem('sign-in.too-many-attempts'));
  assert.equal(await signIn.verify(await signIn.signIn({ password }, '192.0.2.1')), true);
});
