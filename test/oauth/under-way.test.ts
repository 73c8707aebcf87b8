import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startConnected } from './connected.ts';
import { interceptRequests } from './intercepted.ts';
import { problemOf, session } from './world.ts';

const minutes = 60_000;

test('a refresh that was under way while a person reconnected does not undo the new consent', async (t) => {
  const world = await startConnected(t);
  t.mock.timers.tick(59 * minutes);
  const callback = await world.signIn(world.id);
  const { held, release } = holdNextAnswer(t);
  const underWay = world.source.accessToken();
  await held;
  await world.consent.complete(callback, session);
  const consented = await world.stored(world.id);
  release();
  assert.equal((await underWay).token, Object.values(consented?.access ?? {})[0]?.token);
  assert.deepEqual(await world.stored(world.id), consented);
});

test('a rotation that was under way while the profile was renamed is kept', async (t) => {
  const world = await startConnected(t);
  world.authority.faults.strictRotation = true;
  t.mock.timers.tick(59 * minutes);
  const { held, release } = holdNextAnswer(t);
  const underWay = world.source.accessToken();
  await held;
  await world.profiles.update(world.id, { name: 'Contoso, renamed' });
  release();
  assert.equal((await underWay).token, await world.storedToken(world.id));
  assert.equal((await world.profiles.get(world.id)).name, 'Contoso, renamed');
  t.mock.timers.tick(59 * minutes);
  assert.ok((await world.source.accessToken()).token);
});

test('a refresh that was under way while the app was changed is forgotten', async (t) => {
  const world = await startConnected(t);
  t.mock.timers.tick(59 * minutes);
  const { held, release } = holdNextAnswer(t);
  const underWay = problemOf(world.source.accessToken());
  await held;
  await world.profiles.update(world.id, world.authority.register({}));
  release();
  assert.equal((await underWay).code, 'oauth.consent-needed');
  assert.equal(await world.stored(world.id), null);
  assert.equal((await world.profiles.get(world.id)).state, 'consent-needed');
});

test('a refusal that was under way while a person reconnected does not make the consent needed again', async (t) => {
  const world = await startConnected(t);
  t.mock.timers.tick(59 * minutes);
  world.authority.revokeConsents();
  const callback = await world.signIn(world.id);
  const { held, release } = holdNextAnswer(t);
  const underWay = world.source.accessToken();
  await held;
  await world.consent.complete(callback, session);
  release();
  assert.equal((await underWay).token, await world.storedToken(world.id));
  assert.equal((await world.profiles.get(world.id)).state, 'connected');
});

/** The authority's next answer takes its time on the way back. */
function holdNextAnswer(t: TestContext): { held: Promise<void>; release: () => void } {
  const [arrival, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let holding = true;
  interceptRequests(t, async (_, ask) => {
    const answer = await ask();
    if (holding) {
      holding = false;
      arrival.resolve();
      await end.promise;
    }
    return answer;
  });
  return { held: arrival.promise, release: end.resolve };
}
