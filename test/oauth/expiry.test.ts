import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createNotices } from '../../src/administration/notices.ts';
import { startWorld } from './world.ts';

const day = 24 * 60 * 60_000;
const expiresOn = '2027-06-30';

/** A profile whose secret expires, on a day so long before. */
async function start(t: TestContext, daysBefore: number, input: Record<string, unknown> = {}) {
  const now = Date.parse(`${expiresOn}T12:00:00Z`) - daysBefore * day;
  t.mock.timers.enable({ apis: ['Date'], now });
  const world = await startWorld(t);
  const { id } = await world.create({ clientSecretExpiresOn: expiresOn, ...input });
  const notices = createNotices(world.resources, world.store);
  const expiries = async () => (await notices()).filter(({ title }) => /expire/.test(title));
  return { ...world, id, expiries };
}

test('the end of a secret is another matter at 60, 30, 14, 7 and 1 days and when it is over, so each is told once', async (t) => {
  const world = await start(t, 70);
  const days: number[] = [];
  let last: string | undefined;
  for (let daysBefore = 70; daysBefore > -3; daysBefore--) {
    const key = (await world.expiries())[0]?.key;
    if (key !== last) days.push(daysBefore);
    last = key;
    t.mock.timers.tick(day);
  }
  assert.deepEqual(days, [60, 30, 14, 7, 1, -1]);
  await world.profiles.update(world.id, { clientSecret: 'new', clientSecretExpiresOn: '2029-06-30' });
  assert.deepEqual(await world.expiries(), []);
});

test('the overview warns from 60 days on, and more loudly when it is over', async (t) => {
  const world = await start(t, 61);
  assert.deepEqual(await world.expiries(), []);
  t.mock.timers.tick(day);
  const [warning] = await world.expiries();
  assert.deepEqual(
    [warning?.severity, warning?.title, warning?.link],
    ['warning', 'Contoso: the client secret expires in 60 days', `/profiles/${world.id}`],
  );
  t.mock.timers.tick(59 * day);
  assert.match((await world.expiries())[0]?.title ?? '', /in 1 day$/);
  t.mock.timers.tick(2 * day);
  const [over] = await world.expiries();
  assert.deepEqual([over?.severity, over?.title], ['error', 'Contoso: the client secret has expired']);
});

test('a certificate’s end is known without being entered; a secret that is not used does not matter', async (t) => {
  const world = await start(t, 0, { clientAuthentication: 'certificate', clientSecret: undefined });
  assert.deepEqual(await world.expiries(), []);
  t.mock.timers.tick(725 * day);
  assert.match((await world.expiries())[0]?.key ?? '', /^client-certificate\.7 /);
  assert.match((await world.expiries())[0]?.remedy ?? '', /Renew the certificate/);
});

test('a former secret that still serves in place of the new one is on the overview', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  await world.profiles.update(id, { clientSecret: 'not known yet' });
  await world.connect(id);
  const notices = await createNotices(world.resources, world.store)();
  assert.deepEqual(
    notices.map(({ severity, title }) => [severity, title]),
    [['warning', 'Contoso: The new client secret is refused; the former one still works']],
  );
});
