import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { createSignIn, prepareSetUp } from '../../src/access/sign-in.ts';
import { Problem } from '../../src/model/problem.ts';
import { signing } from '../http/fixtures.ts';
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
  return { store, signIn: createSignIn({ store, vault: signing }) };
}

async function openSetUp(t: TestContext) {
  const { store, signIn } = await open(t);
  const session = await signIn.setUp({ token: await prepareSetUp(store), password });
  return { store, signIn, session };
}

test('the set-up token sets the first password once, and only the latest token does', async (t) => {
  const { store, signIn } = await open(t);
  assert.equal(await signIn.setUpNeeded(), true);
  const stale = await prepareSetUp(store);
  const token = await prepareSetUp(store);

  await assert.rejects(signIn.setUp({ token: stale, password }), problem('input.invalid', 'token'));
  await assert.rejects(signIn.setUp({ token, password: 'too short' }), problem('input.invalid', 'password'));
  const both = await Promise.allSettled([
    signIn.setUp({ token, password }),
    signIn.setUp({ token, password: 'another password' }),
  ]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);

  assert.equal(await signIn.setUpNeeded(), false);
  assert.equal(await prepareSetUp(store), null);
  await assert.rejects(signIn.setUp({ token, password }), problem('input.invalid', 'token'));
});

test('all that is wrong with what is entered at the first visit is told at once', async (t) => {
  const { store, signIn } = await open(t);
  const token = await prepareSetUp(store);
  const wrong = async (input: unknown) => {
    const error = await signIn.setUp(input).catch((reason) => reason);
    assert.ok(error instanceof Problem);
    return error.fields?.map(({ field }) => field);
  };
  const all = ['token', 'password', 'passwordRepeat'];
  assert.deepEqual(
    (await wrong({ token: 'guessed', password: 'short', passwordRepeat: 'other' }))?.toSorted(),
    [...all].toSorted(),
  );
  assert.deepEqual(await wrong({ token: '', password: '', passwordRepeat: '' }), ['token', 'password']);
  assert.deepEqual(await wrong({ token, password, passwordRepeat: 'another password' }), ['passwordRepeat']);
  assert.deepEqual(await wrong(null), ['input']);
  assert.equal(await signIn.setUpNeeded(), true, 'nothing was set');
});

test('neither password, token nor session can be read from the store', async (t) => {
  const { store, signIn } = await open(t);
  const token = await prepareSetUp(store);
  const kept = [await store.settings.get('sign-in.set-up-token')];
  const session = await signIn.setUp({ token, password });
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
  await signIn.setUp({ token, password: 'Zur schönen Aussicht' });
  await signIn.signIn({ password: 'Zur scho\u0308nen Aussicht' }, '::1');
  await assert.rejects(signIn.signIn({ password: 'wrong guess' }, '::1'), (error) => {
    assert.ok(!JSON.stringify(error).includes('wrong guess'));
    return problem('sign-in.refused', 'password')(error);
  });
  await assert.rejects(signIn.signIn({ password: '' }, '::1'), problem('input.invalid', 'password'));
});

/** The same with a password of which a guess costs nothing. */
async function openCheap(t: TestContext) {
  const { store, signIn } = await openSetUp(t);
  const salt = Buffer.from('salt');
  const key = scryptSync(password, salt, 32, { N: 2, r: 1, p: 1 });
  await store.settings.set(
    'sign-in.password',
    `scrypt$2$1$1$${salt.toString('base64url')}$${key.toString('base64url')}`,
  );
  const guess = (from: string, device?: string) =>
    assert.rejects(signIn.signIn({ password: 'a wrong guess' }, from, device), problem('sign-in.refused'));
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return { signIn, guess };
}

/** Milliseconds until the next attempt is taken. */
async function waitOf(attempt: Promise<string>): Promise<number> {
  const error = await attempt.catch((thrown: unknown) => thrown);
  assert.ok(error instanceof Problem && error.retry instanceof Date);
  assert.equal(error.code, 'sign-in.too-many-attempts');
  return error.retry.getTime() - Date.now();
}

test('guessing from one address is slowed down more and more; others are not held up', async (t) => {
  const { signIn, guess } = await openCheap(t);
  for (let i = 0; i < 5; i++) await guess('203.0.113.5');

  const waits: number[] = [];
  for (let i = 0; i < 3; i++) {
    waits.push(await waitOf(signIn.signIn({ password }, '203.0.113.5')));
    t.mock.timers.setTime(Date.now() + (waits.at(-1) ?? 0));
    await guess('203.0.113.5');
  }
  assert.deepEqual(waits, [1000, 2000, 4000]);
  await signIn.signIn({ password }, '203.0.113.6');

  // The whole /64 of an IPv6 customer counts as one.
  for (let i = 1; i <= 5; i++) await guess(`2001:db8::${i}`);
  await waitOf(signIn.signIn({ password }, '2001:db8:0:0:ffff::1'));
  await guess('2001:db8:0:1::1');
});

test('guessing from many addresses is slowed down too, but no longer than a second, and not for one that signed in before', async (t) => {
  const { signIn, guess } = await openCheap(t);
  await signIn.signIn({ password }, '192.0.2.1');
  for (let i = 0; i < 200; i++) {
    await guess(`203.0.113.${i}`);
    if (i >= 49) t.mock.timers.setTime(Date.now() + 1_000);
  }
  await guess('198.51.100.1');
  const wait = await waitOf(signIn.signIn({ password }, '203.0.113.250'));
  assert.equal(wait, 1_000);
  assert.equal(await signIn.verify(await signIn.signIn({ password }, '192.0.2.1')), true);
  t.mock.timers.setTime(Date.now() + wait);
  assert.equal(await signIn.verify(await signIn.signIn({ password }, '203.0.113.250')), true);
});

test('no stranger can lock out a browser that signed in before, not even from its own address', async (t) => {
  const { signIn, guess } = await openCheap(t);
  const [device, other] = [signIn.deviceCookie(undefined), signIn.deviceCookie(undefined)];
  // As behind a proxy that is not named: everybody has one address.
  for (let i = 0; i < 5; i++) await guess('10.0.0.1');
  for (let i = 0; i < 100; i++)
    await signIn.signIn({ password: 'a wrong guess' }, `203.0.113.${i}`).catch(() => {});
  await waitOf(signIn.signIn({ password }, '10.0.0.1'));
  for (let i = 0; i < 15; i++)
    assert.equal(await signIn.verify(await signIn.signIn({ password }, '10.0.0.1', device)), true);

  // Whoever has its cookie can guess no faster than anybody else.
  for (let i = 0; i < 5; i++) await guess('198.51.100.1', device);
  await waitOf(signIn.signIn({ password }, '198.51.100.2', device));
  await signIn.signIn({ password }, '10.0.0.1', other);
});

test('a device is known by a cookie of ours only, and keeps it', async (t) => {
  const { signIn, guess } = await openCheap(t);
  const cookie = signIn.deviceCookie(undefined);
  assert.equal(signIn.deviceCookie(cookie), cookie);
  const [id = ''] = cookie.split('.');
  for (let i = 0; i < 5; i++) await guess('203.0.113.5');
  for (const forged of [
    '',
    id,
    `${id}.`,
    `${id}.${'a'.repeat(43)}`,
    `.${cookie.split('.')[1]}`,
    `${cookie}x`,
  ]) {
    assert.notEqual(signIn.deviceCookie(forged), forged);
    await waitOf(signIn.signIn({ password }, '203.0.113.5', forged));
  }
  await signIn.signIn({ password }, '203.0.113.5', cookie);
});

test('no number of wrong set-up tokens keeps out the installer', async (t) => {
  const { store, signIn } = await open(t);
  const token = await prepareSetUp(store);
  for (let i = 0; i < 200; i++)
    await assert.rejects(signIn.setUp({ token: 'guessed', password }), problem('input.invalid', 'token'));
  assert.equal(await signIn.verify(await signIn.setUp({ token, password })), true);
});
