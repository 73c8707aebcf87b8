import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Answer } from '../../lab/receiver.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, type Options, startDelivering, subjects } from './delivering.ts';

const hour = 3_600_000;

/** A destination whose first answers are given, and yes after them; three messages wait for it. */
async function begin(t: TestContext, script: Answer[], changes: Partial<Options> = {}) {
  const world = await startDelivering(t, { concurrency: 1, ...changes });
  const { receiver, destination } = await world.addTarget('tickets');
  receiver.answer(() => script[receiver.requests.length - 1] ?? { status: 204 });
  await world.receive(mail('one'), mail('two'), mail('three'));
  const endpoint = () => world.store.endpoints.get(destination);
  const states = async () => (await world.deliveries()).map(({ state }) => state);
  const delivered = () =>
    until('all are delivered', async () => (await states()).every((state) => state === 'delivered'));
  return { ...world, receiver, destination, endpoint, states, delivered };
}

/** Wakes the workers so often that whatever can be sent is sent. */
async function urge({ dispatcher }: { dispatcher: { wake(): void } }): Promise<void> {
  for (let n = 0; n < 20; n++) {
    dispatcher.wake();
    await new Promise((later) => setTimeout(later, 5));
  }
}

test('410 switches a destination off: nothing more is sent and nothing dies, also what comes in later and after a restart', async (t) => {
  const world = await begin(t, [{ status: 410 }], { giveUpAfterHours: 0.2 / 3600 });
  const { receiver, dispatcher, endpoint, receive, states, store } = world;
  await dispatcher.start();
  await until('it is off', async () => (await endpoint()).disabled !== null);
  const { disabled, disabledAt } = await endpoint();
  assert.deepEqual([disabled?.code, disabled?.detail, !!disabledAt], ['webhook.gone', '410 Gone', true]);
  await receive(mail('four'));
  await urge(world);
  await dispatcher.stop();
  await store.deliveries.releaseAll();
  const again = world.createDispatching();
  await again.start();
  // Longer than anything may fail: their time stands still
  await new Promise((later) => setTimeout(later, 400));
  await urge({ dispatcher: again });
  assert.equal(receiver.requests.length, 1);
  assert.deepEqual(new Set(await states()), new Set(['pending']));
});

test('what waits for a destination that was switched off goes once a person has switched it on again', async (t) => {
  const world = await begin(t, [{ status: 410 }]);
  const { dispatcher, endpoint, destination, store, receiver, delivered } = world;
  await dispatcher.start();
  await until('it is off', async () => (await endpoint()).disabled !== null);
  await store.endpoints.set(destination, { disabled: null, disabledAt: null, restsUntil: null });
  await dispatcher.renew(({ id }) => id === destination.id);
  await delivered();
  assert.deepEqual(subjects(receiver).toSorted(), ['one', 'one', 'three', 'two']);
  assert.equal(receiver.requests[0]?.id, receiver.requests.at(subjects(receiver).lastIndexOf('one'))?.id);
});

test('a change of a destination that was switched off is a reason to try it again', async (t) => {
  const { dispatcher, endpoint, destination, store, delivered } = await begin(t, [{ status: 410 }]);
  await dispatcher.start();
  await until('it is off', async () => (await endpoint()).disabled !== null);
  await put(store, 'destination', { ...destination, version: destination.version + 1 });
  await dispatcher.refresh();
  await delivered();
  assert.deepEqual(await store.endpoints.get({ ...destination, version: destination.version + 1 }), {
    disabled: null,
    disabledAt: null,
    restsUntil: null,
  });
});

test('Retry-After rests the whole destination, also through a restart; 409 only its message', async (t) => {
  for (const status of [429, 503, 302]) {
    const world = await begin(t, [{ status, headers: { 'retry-after': '3600' } }], { concurrency: 1 });
    const { dispatcher, receiver, endpoint } = world;
    await dispatcher.start();
    await until('it rests', async () => (await endpoint()).restsUntil !== null);
    await urge(world);
    await dispatcher.stop();
    const again = world.createDispatching();
    await again.start();
    await urge({ dispatcher: again });
    assert.equal(receiver.requests.length, 1, `${status}`);
  }
  const { dispatcher, receiver, states } = await begin(t, [
    { status: 409, headers: { 'retry-after': '3600' } },
  ]);
  await dispatcher.start();
  await until('the others go', async () => (await states()).filter((s) => s === 'delivered').length === 2);
  assert.equal(receiver.requests.length, 3);
});

test('a rest ends by itself, and then all that waited goes', async (t) => {
  const { dispatcher, receiver, delivered } = await begin(t, [
    { status: 503, headers: { 'retry-after': '1' } },
  ]);
  await dispatcher.start();
  await delivered();
  const [first, second] = receiver.requests.map(({ at }) => at);
  assert.ok(Number(second) >= Number(first) + 1000);
});

test('a rest that was stored while the clock was ahead is none', async (t) => {
  const { dispatcher, store, destination, delivered } = await begin(t, []);
  const restsUntil = new Date(Date.now() + 48 * hour).toISOString();
  await store.endpoints.set(destination, { disabled: null, disabledAt: null, restsUntil });
  await dispatcher.start();
  await delivered();
});

test('a redirect tells where it leads, without what may be secret there', async (t) => {
  for (const [location, told] of [
    ['https://hooks.example.com/mail?token=s3cret#part', 'to https://hooks.example.com/mail?…'],
    ['https://user:s3cret@hooks.example.com/', 'to https://hooks.example.com/'],
    ['/other', /to http:\/\/127\.0\.0\.1:\d+\/other$/],
    [`https://hooks.example.com/${'x'.repeat(1000)}`, /x…$/],
    ['https://[', /^status 308$/],
  ] as const) {
    const { dispatcher, deliveries } = await begin(t, [{ status: 308, headers: { location } }]);
    await dispatcher.start();
    await until('it was tried', async () => (await deliveries())[0]?.lastAttemptAt !== null);
    const problem = (await deliveries()).find(({ problem }) => problem)?.problem;
    assert.equal(problem?.code, 'webhook.redirect');
    assert.ok(!problem.detail?.includes('s3cret') && (problem.detail?.length ?? 0) < 350);
    if (typeof told === 'string') assert.equal(problem.detail, `status 308, ${told}`);
    else assert.match(problem.detail ?? '', told);
  }
});

test('what the receiver answered is kept for each attempt, bounded, and without the secrets that it was sent', async (t) => {
  const world = await startDelivering(t);
  const { receiver, secrets, destination } = await world.addTarget('tickets');
  await put(world.store, 'destination', { ...destination, url: `${receiver.url}?token=s3cret-token` });
  receiver.answer(({ headers }) => {
    const echo = `${JSON.stringify(headers)} ${secrets[0]?.secret} s3cret-token `;
    return receiver.requests.length === 1
      ? {
          status: 500,
          headers: { 'x-echo': headers['webhook-signature'] ?? '' },
          body: echo + 'x'.repeat(9_000),
        }
      : { status: 200, body: 'thank you' };
  });
  await world.receive(mail('one'));
  await world.dispatcher.start();
  await until('it is delivered', async () => (await world.deliveries())[0]?.state === 'delivered');
  const [one] = await world.deliveries();
  const [second, first] = await world.store.deliveries.attempts(one?.id ?? '');
  assert.deepEqual([first?.answer?.status, first?.problem], [500, 'webhook.refused']);
  assert.ok((first?.answer?.body.length ?? 0) > 1000 && (first?.answer?.body.length ?? 0) <= 2048);
  assert.match(first?.answer?.headers ?? '', /^x-echo: \[removed\]$/m);
  assert.match(first?.answer?.body ?? '', /webhook-id/);
  const kept = JSON.stringify([first, second]);
  for (const secret of [
    secrets[0]?.secret ?? '',
    's3cret-token',
    ...receiver.requests.map(({ headers }) => headers['webhook-signature'] ?? ''),
  ])
    assert.ok(!kept.includes(secret));
  assert.deepEqual([second?.answer?.status, second?.answer?.body, second?.problem], [200, 'thank you', null]);
  assert.ok(Number.isInteger(second?.took) && Number(second?.took) >= 0);
});

test('so many attempts are kept, and go with their delivery', async (t) => {
  const script = Array<Answer>(25).fill({ status: 500 });
  const { dispatcher, deliveries, store, delivered, destination } = await begin(t, script, {
    firstRetrySeconds: 0.01,
    circuitSeconds: 0.1,
  });
  await dispatcher.start();
  await delivered();
  const ids = (await deliveries()).map(({ id }) => id);
  for (const { id, attempts } of await deliveries())
    assert.equal((await store.deliveries.attempts(id)).length, Math.min(attempts, 20));
  await store.records.change((transaction) =>
    transaction.remove('destination', destination.id, { keepMessages: false }),
  );
  assert.deepEqual(await deliveries(), []);
  for (const id of ids) assert.deepEqual(await store.deliveries.attempts(id), []);
});
