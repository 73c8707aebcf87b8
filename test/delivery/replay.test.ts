import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { LabReceiver } from '../../lab/receiver.ts';
import { createDeliveriesAdministration } from '../../src/administration/deliveries.ts';
import { collectionsOf } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, startDelivering, subjects } from './delivering.ts';

/** Two destinations with three dead letters each, whose receivers have come to their senses. */
async function deadLetters(t: TestContext) {
  const world = await startDelivering(t, { giveUpAfterHours: 0.001 / 3600, firstRetrySeconds: 0.01 });
  const { store, dispatcher } = world;
  const targets = [await world.addTarget('tickets'), await world.addTarget('archive')] as const;
  for (const { receiver } of targets) receiver.answer(() => ({ status: 500 }));
  await world.receive(mail('one'), mail('two'), mail('three'));
  await dispatcher.start();
  await until('all are dead', async () => (await store.deliveries.counts()).dead === 6);
  const before = new Map<LabReceiver, string[]>();
  for (const { receiver } of targets) {
    before.set(
      receiver,
      receiver.requests.map(({ id }) => id),
    );
    receiver.requests.length = 0;
    receiver.answer(() => ({ status: 204 }));
  }
  const administration = createDeliveriesAdministration({
    resources: collectionsOf(store),
    store,
    dispatcher,
  });
  const [tickets, archive] = targets;
  const delivered = (count: number) =>
    until(`${count} are delivered`, async () => (await store.deliveries.counts()).delivered === count);
  return { ...world, administration, tickets, archive, before, delivered };
}

test('one dead letter is replayed at once, under an id of its own that names the first', async (t) => {
  const { administration, tickets, archive, deliveries, delivered } = await deadLetters(t);
  const [one] = (await deliveries()).filter(({ target }) => target.id === tickets.destination.id);
  assert.equal(await administration.replay({ ids: [one?.id ?? ''] }), 1);
  await delivered(1);
  const [again] = tickets.receiver.requests;
  assert.ok(again?.verified);
  assert.notEqual(again.id, one?.id);
  assert.equal(again.headers['letterbox-replay-of'], one?.id);
  assert.equal(JSON.parse(again.body)['letterbox-replay-of'], one?.id);
  assert.deepEqual(archive.receiver.requests, []);
});

test('many are replayed by their ids, also such as were delivered; what is not there is passed over', async (t) => {
  const { administration, deliveries, delivered, tickets, archive, before } = await deadLetters(t);
  const ids = (await deliveries()).map(({ id }) => id);
  assert.equal(await administration.replay({ ids: [...ids, 'dlv_none'] }), 6);
  await delivered(6);
  for (const { receiver } of [tickets, archive])
    assert.deepEqual(replayed(receiver), new Set(before.get(receiver)));
  assert.equal(await administration.replay({ ids: ids.slice(0, 2) }), 2);
  await delivered(6);
  await until(
    'they came again',
    () => tickets.receiver.requests.length + archive.receiver.requests.length === 8,
  );
  const [first, second] = [tickets, archive].map(
    ({ receiver }) => new Set(receiver.requests.map(({ id }) => id)),
  );
  assert.equal((first?.size ?? 0) + (second?.size ?? 0), 8, 'each time under another id');
  for (const { receiver } of [tickets, archive])
    assert.deepEqual(
      replayed(receiver),
      new Set(before.get(receiver)),
      'a replay of a replay names the first',
    );
  assert.equal(await administration.replay({ ids: [] }), 0);
});

/** The first ids of what was asked for again. */
function replayed({ requests }: LabReceiver): Set<string | undefined> {
  return new Set(requests.map(({ headers }) => headers['letterbox-replay-of']));
}

test('a retry of a replay keeps its id; a delivery that is still pending is sent at once, under its own', async (t) => {
  const { store, addTarget, receive, dispatcher, deliveries } = await startDelivering(t, {
    firstRetrySeconds: 600,
  });
  const { receiver } = await addTarget('tickets');
  receiver.answer(() => ({ status: 500 }));
  await receive(mail('one'));
  await dispatcher.start();
  await until('it failed', async () => (await deliveries())[0]?.attempts === 1);
  const [one] = await deliveries();
  const replay = async () => {
    const before = receiver.requests.length;
    assert.equal(await store.deliveries.replay({ ids: [one?.id ?? ''] }), 1);
    dispatcher.wake();
    await until('it is sent', () => receiver.requests.length > before);
    await until('it is settled', async () => (await deliveries())[0]?.attempts === 1);
  };
  await replay();
  receiver.answer(() => ({ status: 204 }));
  await replay();
  assert.deepEqual(
    receiver.requests.map(({ id, headers }) => [id, headers['letterbox-replay-of']]),
    Array(3).fill([one?.id, undefined]),
  );
  receiver.answer(() => ({ status: 500 }));
  await replay();
  receiver.answer(() => ({ status: 204 }));
  await replay();
  const [failed, retried] = receiver.requests.slice(3);
  assert.notEqual(failed?.id, one?.id);
  assert.deepEqual([retried?.id, retried?.headers['letterbox-replay-of']], [failed?.id, one?.id]);
});

test('all dead letters of one destination are replayed, and no other’s', async (t) => {
  const { administration, delivered, tickets, archive } = await deadLetters(t);
  assert.equal(await administration.replay({ state: 'dead', destinationId: archive.destination.id }), 3);
  await delivered(3);
  assert.deepEqual(subjects(archive.receiver).toSorted(), ['one', 'three', 'two']);
  assert.deepEqual(tickets.receiver.requests, []);
  assert.deepEqual(await administration.counts(), { pending: 0, delivered: 3, dead: 3 });
});

test('all dead letters are replayed; what was delivered is not sent again', async (t) => {
  const { administration, delivered, tickets, archive } = await deadLetters(t);
  await administration.replay({ state: 'dead', destinationId: archive.destination.id });
  await delivered(3);
  assert.equal(await administration.replay({ state: 'dead' }), 3);
  await delivered(6);
  assert.equal(tickets.receiver.requests.length, 3);
  assert.equal(archive.receiver.requests.length, 3);
});

test('a replay has its whole time again before it is given up, and begins with a clean record', async (t) => {
  const { store, addTarget, receive, dispatcher, deliveries } = await startDelivering(t, {
    giveUpAfterHours: 0.8 / 3600,
  });
  const { receiver } = await addTarget('tickets');
  receiver.answer(() => ({ status: 500 }));
  await receive(mail('one'));
  await dispatcher.start();
  const state = async () => (await deliveries())[0]?.state;
  await until('it is given up', async () => (await state()) === 'dead');
  const before = receiver.requests.length;
  assert.equal(await store.deliveries.replay({ state: 'dead' }), 1);
  const [replayed] = await deliveries();
  assert.deepEqual([replayed?.attempts, replayed?.problem], [0, null]);
  dispatcher.wake();
  await until('it is given up again', async () => (await state()) === 'dead');
  assert.ok(receiver.requests.length >= before + 2, 'not at its first failure');
});

test('a message whose raw source is no longer kept is a dead letter with that reason if its attachment is needed', async (t) => {
  const { store, addTarget, receive, dispatcher, deliveries } = await startDelivering(t);
  const { receiver } = await addTarget('tickets');
  const withFile = [
    'Message-ID: <file@x>',
    'Subject: file',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/csv; name=a.csv',
    'Content-Disposition: attachment',
    '',
    '1;2;3',
    '--b--',
    '',
  ].join('\r\n');
  await receive(mail('plain'), Buffer.from(withFile));
  await dispatcher.start();
  await until('both are delivered', async () => (await store.deliveries.counts()).delivered === 2);
  const later = new Date(Date.now() + 1_000).toISOString();
  assert.equal((await store.messages.expire({ sourcesBefore: later, messagesBefore: null })).sources, 2);

  await store.deliveries.replay({ ids: (await deliveries()).map(({ id }) => id) });
  dispatcher.wake();
  await until('both are settled', async () => (await store.deliveries.counts()).pending === 0);
  assert.deepEqual(
    (await deliveries()).map(({ state, problem }) => [state, problem?.code]),
    [
      ['delivered', undefined],
      ['dead', 'message.source-expired'],
    ],
  );
  assert.equal(receiver.requests.length, 3);
});
