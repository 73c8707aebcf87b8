import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CircuitBreaker } from '../../src/delivery/circuit-breaker.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, type Options, startDelivering } from './delivering.ts';

const minute = 60_000;
const fragile: Partial<Options> = { circuitFailures: 3, circuitSeconds: 0.4, concurrency: 1 };

/** Eight messages, each of its own thread, to a receiver that is dead at first. */
async function deliverToDead(t: Parameters<typeof startDelivering>[0], changes: Partial<Options> = fragile) {
  const world = await startDelivering(t, changes);
  const { receiver, destination } = await world.addTarget('tickets');
  /** Until when it is open, each time that this changes; null once it is closed again. */
  const circuit: (string | null)[] = [];
  world.events.on('destination.circuit', ({ until }) => circuit.push(until));
  receiver.answer(() => ({ status: 500 }));
  await world.receive(...Array.from({ length: 8 }, (_, n) => mail(`mail-${n}`)));
  return { ...world, receiver, destination, circuit };
}

test('a circuit opens after failures in a row, then half opens for one delivery; each that fails opens it again for as long', () => {
  const told: (number | null)[] = [];
  const circuit = new CircuitBreaker({ failures: 3, openMilliseconds: minute }, (until) => told.push(until));
  circuit.failed(0);
  circuit.failed(0);
  circuit.succeeded();
  circuit.failed(0);
  circuit.failed(0);
  assert.equal(circuit.allows(8, 0), 8, 'a success between them: not in a row');
  circuit.failed(0);
  assert.deepEqual(
    [circuit.allows(8, 0), circuit.allows(8, minute - 1), circuit.allows(8, minute)],
    [0, 0, 1],
  );
  circuit.failed(10);
  assert.equal(circuit.openUntil(), minute, 'what was under way when it opened changes nothing');

  let now = minute;
  for (let failure = 0; failure < 7; failure++) {
    circuit.failed(now);
    assert.equal((circuit.openUntil() ?? 0) - now, minute, 'never longer: it may be up again');
    now += minute;
  }
  circuit.succeeded();
  assert.deepEqual([circuit.openUntil(), circuit.allows(8, now), told.at(-1)], [null, 8, null]);
  for (let n = 0; n < 3; n++) circuit.failed(now);
  assert.equal(circuit.openUntil(), now + minute, 'after a success it begins anew');
});

test('a dead destination is left alone, tried with one message, and taken up again once it answers', async (t) => {
  const { receiver, dispatcher, circuit, deliveries, store } = await deliverToDead(t);
  await dispatcher.start();
  await until('it opens', () => circuit.length > 0);
  assert.equal(receiver.requests.length, 3);
  await until('it was half open', () => receiver.requests.length === 4);
  assert.ok(Number(receiver.requests[3]?.at) >= Date.parse(circuit[0] ?? ''), 'it was left alone');
  await until('it opens again', () => circuit.length > 1);
  receiver.answer(() => ({ status: 204 }));
  await until('all are delivered', async () => (await store.deliveries.counts()).delivered === 8);

  assert.deepEqual(
    circuit.map((until) => until === null),
    [false, false, true],
  );
  const attempts = (await deliveries()).map((delivery) => delivery.attempts);
  assert.equal(
    attempts.reduce((sum, each) => sum + each),
    receiver.requests.length,
  );
  assert.ok(attempts.filter((each) => each === 1).length >= 4, 'what waited was not used up');
});

test('while it is open nothing is tried, also not what comes in new', async (t) => {
  const { receiver, dispatcher, circuit, receive, deliveries } = await deliverToDead(t, {
    ...fragile,
    circuitSeconds: 600,
  });
  await dispatcher.start();
  await until('it opens', () => circuit.length > 0);
  await receive(mail('new'));
  for (let n = 0; n < 20; n++) {
    dispatcher.wake();
    await new Promise((later) => setTimeout(later, 5));
  }
  assert.equal(receiver.requests.length, 3);
  const waiting = (await deliveries()).filter(({ attempts }) => attempts === 0);
  assert.deepEqual(new Set(waiting.map(({ state }) => state)), new Set(['pending']));
  assert.ok(waiting.length >= 6);
});

test('what waited too long for a dead destination is given up together, never one at a time', async (t) => {
  const { receiver, dispatcher, circuit, deliveries, store } = await deliverToDead(t, {
    ...fragile,
    giveUpAfterHours: 0.6 / 3600,
  });
  await dispatcher.start();
  await until('all are given up', async () => (await store.deliveries.counts()).dead === 8);
  assert.ok(circuit.length > 0 && receiver.requests.length < 8);
  for (const { problem } of await deliveries()) assert.equal(problem?.code, 'webhook.refused');
});

test('a destination that is changed while its circuit is open is tried at once, and is no longer shown as open', async (t) => {
  const { receiver, dispatcher, circuit, events, store, destination } = await deliverToDead(t, {
    ...fragile,
    circuitSeconds: 600,
  });
  const metrics = createMetrics({
    events,
    snapshot: async () => ({
      servers: [],
      profiles: [],
      credentials: [],
      deliveries: await store.deliveries.counts(),
      waiting: 0,
      audits: new Map(),
      quarantined: 0,
      store: { writable: true, damaged: false },
    }),
  });
  const shown = async () =>
    (await metrics()).text.match(/letterbox_destination_resting\{destination="tickets"\} (\d)/)?.[1];
  await dispatcher.start();
  await until('it opens', () => circuit.length > 0);
  assert.equal(await shown(), '1');

  receiver.answer(() => ({ status: 204 }));
  await put(store, 'destination', { ...destination, updatedAt: new Date().toISOString() });
  await dispatcher.refresh();
  await until('all are delivered', async () => (await store.deliveries.counts()).delivered === 8);
  assert.equal(await shown(), '0');
});
