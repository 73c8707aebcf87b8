import assert from 'node:assert/strict';
import { test } from 'node:test';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, startDelivering, subjects } from './delivering.ts';

test('within a thread the order is kept through retries, while other threads go on', async (t) => {
  const { addTarget, receive, dispatcher, store } = await startDelivering(t, { firstRetrySeconds: 0.1 });
  const { receiver } = await addTarget('tickets');
  const refusals = new Map([
    ['question', 3],
    ['answer', 2],
  ]);
  receiver.answer(({ body }) => {
    const { subject } = JSON.parse(body).data;
    const left = refusals.get(subject) ?? 0;
    refusals.set(subject, left - 1);
    return { status: left > 0 ? 503 : 204 };
  });
  await receive(
    mail('question'),
    mail('answer', ['question']),
    mail('thanks', ['question', 'answer']),
    mail('other'),
    mail('another'),
  );
  await dispatcher.start();
  await until('all are delivered', async () => (await store.deliveries.counts()).delivered === 5);

  const came = subjects(receiver);
  assert.deepEqual(
    came.filter((subject) => !subject.includes('other')),
    [...Array(4).fill('question'), ...Array(3).fill('answer'), 'thanks'],
  );
  assert.ok(came.lastIndexOf('another') < came.lastIndexOf('question'));
  assert.ok(came.lastIndexOf('other') < came.lastIndexOf('question'));
});

test('a dead letter does not hold up the rest of its thread', async (t) => {
  const { addTarget, receive, dispatcher, deliveries } = await startDelivering(t, {
    giveUpAfterHours: 0.2 / 3600,
  });
  const { receiver } = await addTarget('tickets');
  receiver.answer(({ body }) => ({ status: JSON.parse(body).data.subject === 'question' ? 500 : 204 }));
  await receive(mail('question'), mail('answer', ['question']));
  await dispatcher.start();
  await until('both are settled', async () => (await deliveries()).every(({ state }) => state !== 'pending'));
  assert.deepEqual(
    (await deliveries()).map(({ state }) => state),
    ['dead', 'delivered'],
  );
});

test('a thread is kept in order for each destination by itself', async (t) => {
  const { addTarget, receive, dispatcher } = await startDelivering(t);
  const [dead, good] = [await addTarget('dead'), await addTarget('good')];
  dead.receiver.answer(() => ({ status: 500 }));
  await receive(mail('question'), mail('answer', ['question']));
  await dispatcher.start();
  await until('the good one has both', () => good.receiver.requests.length === 2);
  assert.deepEqual(subjects(good.receiver), ['question', 'answer']);
  assert.ok(subjects(dead.receiver).every((subject) => subject === 'question'));
});

test('a destination that hangs delays no other, and takes no more attempts at once than are allowed', async (t) => {
  const { addTarget, receive, dispatcher, store } = await startDelivering(t, { concurrency: 2 });
  const [hanging, good] = [await addTarget('hanging'), await addTarget('good')];
  hanging.receiver.answer(() => 'hang');
  await receive(...Array.from({ length: 40 }, (_, n) => mail(`mail-${n}`)));
  await dispatcher.start();
  await until('all are delivered to the good one', () => good.receiver.requests.length === 40);
  await until('they are settled', async () => (await store.deliveries.counts()).delivered === 40);
  assert.equal(hanging.receiver.requests.length, 2);
  assert.ok(good.receiver.requests.every(({ verified }) => verified));
});

test('up to `concurrency` attempts are under way at once, and never more', async (t) => {
  const { addTarget, receive, dispatcher, store, events } = await startDelivering(t, { concurrency: 3 });
  const { receiver } = await addTarget('tickets');
  let [settledSoFar, most] = [0, 0];
  events.on('delivery.settled', () => settledSoFar++);
  receiver.answer(() => {
    most = Math.max(most, receiver.requests.length - settledSoFar);
    return { status: 204, delayMilliseconds: 20 };
  });
  await receive(...Array.from({ length: 30 }, (_, n) => mail(`mail-${n}`)));
  await dispatcher.start();
  await until('all are delivered', async () => (await store.deliveries.counts()).delivered === 30);
  assert.equal(most, 3);
});

test('what is new is delivered without waiting for the next look', async (t) => {
  const { addTarget, receive, dispatcher } = await startDelivering(t);
  const { receiver, destination } = await addTarget('tickets');
  await dispatcher.start();
  for (let n = 1; n <= 20; n++) {
    await receive(mail(`mail-${n}`));
    dispatcher.wake(n % 2 === 0 ? destination.id : undefined);
    await until('it came', () => receiver.requests.length === n, 5);
  }
});

test('a destination that is switched off gets nothing, and what waited once it is on again', async (t) => {
  const { addTarget, receive, dispatcher, store } = await startDelivering(t);
  const { receiver, destination } = await addTarget('tickets');
  await put(store, 'destination', { ...destination, enabled: false });
  await dispatcher.start();
  await receive(mail('one'));
  dispatcher.wake();
  await put(store, 'destination', { ...destination, name: 'other', enabled: false });
  await dispatcher.refresh();
  assert.deepEqual(receiver.requests, []);
  await put(store, 'destination', destination);
  await dispatcher.refresh();
  await until('it is delivered', async () => (await store.deliveries.counts()).delivered === 1);
});
