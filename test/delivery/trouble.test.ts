import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import type { Store } from '../../src/store/store.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, startDelivering, subjects } from './delivering.ts';

const full = () =>
  new Problem({
    code: 'store.full',
    kind: 'full',
    title: 'The disk is full',
    remedy: 'Free space.',
    retry: 'later',
  });

/** A store, and a view of it whose methods fail as long as they are told to. */
function troubled(method: 'settle' | 'claim') {
  const trouble = { failures: 0, isOn: true };
  const seen = (store: Store): Store => ({
    ...store,
    deliveries: {
      ...store.deliveries,
      [method]: async (...parameters: never[]) => {
        if (!trouble.isOn)
          return (store.deliveries[method] as (...parameters: never[]) => unknown)(...parameters);
        trouble.failures++;
        throw full();
      },
    },
  });
  return { trouble, seen };
}

test('while the store cannot write, a delivery waits to be settled and is not sent again', async (t) => {
  const { trouble, seen } = troubled('settle');
  const { addTarget, receive, dispatcher, store } = await startDelivering(t, {}, { seen });
  const { receiver } = await addTarget('tickets');
  await receive(mail('one'));
  await dispatcher.start();
  await until('it was tried to write', () => trouble.failures >= 2);
  dispatcher.wake();
  assert.equal((await store.deliveries.counts()).pending, 1);
  trouble.isOn = false;
  await until('it is written', async () => (await store.deliveries.counts()).delivered === 1);
  assert.equal(receiver.requests.length, 1);
});

test('while the store cannot be read deliveries pause, and go on by themselves', async (t) => {
  const { trouble, seen } = troubled('claim');
  const { addTarget, receive, dispatcher, store } = await startDelivering(t, {}, { seen });
  const { receiver } = await addTarget('tickets');
  await receive(mail('one'));
  await dispatcher.start();
  await until('it was tried', () => trouble.failures > 0);
  trouble.isOn = false;
  await until('it is delivered', async () => (await store.deliveries.counts()).delivered === 1);
  assert.equal(receiver.requests.length, 1);
});

test('what ended between the attempt and its record is sent again under the same id after a restart', async (t) => {
  const { trouble, seen } = troubled('settle');
  const { addTarget, receive, dispatcher, createDispatching, store, deliveries } = await startDelivering(
    t,
    {},
    { seen },
  );
  const { receiver } = await addTarget('tickets');
  await receive(mail('one'));
  await dispatcher.start();
  await until('it was sent, and not written', () => trouble.failures > 0);
  await dispatcher.stop();
  const [before] = await deliveries();
  assert.deepEqual([before?.state, before?.attempts], ['pending', 0]);

  trouble.isOn = false;
  await store.deliveries.releaseAll();
  await createDispatching().start();
  await until('it is delivered', async () => (await store.deliveries.counts()).delivered === 1);
  assert.deepEqual(
    receiver.requests.map(({ id, verified }) => [id, verified]),
    [
      [before?.id, true],
      [before?.id, true],
    ],
  );
});

test('a stop lets the attempts under way end, begins no other, and gives the rest back', async (t) => {
  const { addTarget, receive, dispatcher, store } = await startDelivering(t, { concurrency: 2 });
  const { receiver } = await addTarget('tickets');
  receiver.answer(() => ({ status: 204, delayMilliseconds: 300 }));
  await receive(...Array.from({ length: 6 }, (_, n) => mail(`mail-${n}`)));
  await dispatcher.start();
  await until('two are under way', () => receiver.requests.length === 2);
  await dispatcher.stop();
  assert.deepEqual(await store.deliveries.counts(), { pending: 4, delivered: 2, dead: 0 });
  assert.equal(receiver.requests.length, 2);
  const now = new Date().toISOString();
  assert.equal((await store.deliveries.claim('dst_tickets', now, now, 10)).length, 4);
});

test('a stop cuts attempts that hang after a few seconds and gives them back unattempted', {
  timeout: 30_000,
}, async (t) => {
  const { addTarget, receive, dispatcher, store, deliveries, events } = await startDelivering(t, {
    timeoutSeconds: 300,
  });
  const { receiver } = await addTarget('tickets');
  receiver.answer(() => 'hang');
  await receive(mail('one'), mail('two'));
  let told = 0;
  events.on('delivery.settled', () => told++);
  await dispatcher.start();
  await until('both hang', () => receiver.requests.length === 2);
  await dispatcher.stop();
  for (const { state, attempts, problem } of await deliveries())
    assert.deepEqual([state, attempts, problem], ['pending', 0, null]);
  const now = new Date().toISOString();
  assert.equal((await store.deliveries.claim('dst_tickets', now, now, 10)).length, 2);
  assert.equal(told, 0);
});

test('after a change the new worker takes over; what was under way is sent by one of the two only', async (t) => {
  const { addTarget, receive, dispatcher, store } = await startDelivering(t, { concurrency: 4 });
  const { receiver, destination } = await addTarget('tickets');
  receiver.answer(() => ({ status: 204, delayMilliseconds: 50 }));
  await receive(...Array.from({ length: 40 }, (_, n) => mail(`mail-${n}`)));
  await dispatcher.start();
  for (let n = 1; n <= 5; n++) {
    await until('it goes on', () => receiver.requests.length >= n * 5);
    await put(store, 'destination', { ...destination, updatedAt: new Date(n).toISOString() });
    await dispatcher.refresh();
  }
  await until('all are delivered', async () => (await store.deliveries.counts()).delivered === 40);
  assert.equal(subjects(receiver).length, new Set(subjects(receiver)).size);
});

test('a destination whose secret cannot be had pauses, and holds up no other', async (t) => {
  const { addTarget, receive, dispatcher, store } = await startDelivering(t);
  const [broken, good] = [await addTarget('broken'), await addTarget('good')];
  await put(store, 'destination', { ...broken.destination, url: 'not a URL' });
  await receive(mail('one'));
  await dispatcher.start();
  await until('the good one has it', () => good.receiver.requests.length === 1);
  assert.equal(
    (await store.deliveries.list({ destinationId: broken.destination.id, limit: 1 })).items[0]?.attempts,
    0,
  );
});
