import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Clock } from '../../src/concurrency/clock.ts';
import { until } from '../until.ts';
import { mail, type Options, startDelivering } from './delivering.ts';

const hour = 3_600_000;

/** A wall clock that is set by hand, beside one that only goes on. */
function steppingClock() {
  let off = 0;
  return {
    clock: { wall: () => Date.now() + off, running: () => performance.now() } satisfies Clock,
    /** From now on the wall clock is so much ahead. */
    set: (milliseconds: number) => {
      off = milliseconds;
    },
  };
}

/** A destination that is down, with a message that has failed so often there; then the clock steps. */
async function failing(t: TestContext, changes: Partial<Options> = {}, ahead = 0) {
  const { clock, set } = steppingClock();
  set(ahead);
  const world = await startDelivering(t, { firstRetrySeconds: 600, ...changes }, { clock });
  const { receiver } = await world.addTarget('tickets');
  receiver.answer(() => ({ status: 500 }));
  await world.receive(mail('one'));
  await world.dispatcher.start();
  const delivery = async () => (await world.deliveries())[0];
  const attempted = (times: number) =>
    until(`there were ${times} attempts`, async () => ((await delivery())?.attempts ?? 0) >= times);
  await attempted(1);
  return { ...world, receiver, delivery, attempted, set };
}

/** Hours, days, a year. */
const steps = [2 * hour, 48 * hour, 365 * 24 * hour];

test('a wall clock that was ahead by hours, days or a year holds up nothing once it is right', async (t) => {
  for (const step of steps) {
    const { receiver, dispatcher, set, receive, deliveries } = await failing(t, {}, step);
    await receive(mail('two'));
    dispatcher.wake();
    await until('both failed', async () => (await deliveries()).every(({ attempts }) => attempts === 1));
    receiver.answer(() => ({ status: 204 }));
    set(0);
    dispatcher.wake();
    await until('all are delivered', async () => (await deliveries()).every((d) => d.state === 'delivered'));
  }
});

test('a wall clock that steps by hours, days or a year, forward or back, makes no dead letter', async (t) => {
  for (const step of steps)
    for (const direction of [1, -1]) {
      const { dispatcher, set, attempted, delivery, deliveries, receive } = await failing(t, {
        firstRetrySeconds: 0.02,
      });
      await receive(mail('two'), mail('three'));
      set(direction * step);
      dispatcher.wake();
      await attempted(4);
      assert.deepEqual(
        (await deliveries()).map(({ state }) => state),
        ['pending', 'pending', 'pending'],
      );
      const { nextAttemptAt = '' } = (await delivery()) ?? {};
      assert.ok(Date.parse(nextAttemptAt) <= Date.now() + direction * step + hour);
      await dispatcher.stop();
    }
});

test('what was stored while the clock was ahead is due at the next start', async (t) => {
  const { clock, set } = steppingClock();
  const { store, addTarget, receive, dispatcher, createDispatching, deliveries } = await startDelivering(
    t,
    { firstRetrySeconds: 600 },
    { clock },
  );
  const { receiver } = await addTarget('tickets');
  receiver.answer(() => ({ status: 500 }));
  set(48 * hour);
  await receive(mail('one'));
  await dispatcher.start();
  await until('it failed', async () => (await deliveries())[0]?.attempts === 1);
  await dispatcher.stop();
  set(0);
  receiver.answer(() => ({ status: 204 }));
  await store.deliveries.releaseAll();
  await createDispatching().start();
  await until('it is delivered', async () => (await store.deliveries.counts()).delivered === 1);
});

test('the circuit opens and closes by a clock that no step moves', async (t) => {
  const { dispatcher, events, set, receiver, receive, store } = await failing(t, {
    firstRetrySeconds: 0.01,
    circuitFailures: 2,
    circuitSeconds: 0.3,
  });
  const circuit: boolean[] = [];
  events.on('destination.circuit', ({ open }) => circuit.push(open));
  await receive(mail('two'));
  dispatcher.wake();
  await until('it opens', () => circuit.length > 0);
  set(-48 * hour);
  receiver.answer(() => ({ status: 204 }));
  await until('both are delivered', async () => (await store.deliveries.counts()).delivered === 2);
  assert.equal(circuit.at(-1), false);
});

test('a receiver that was down gets what waits as soon as it is found up, not when each is due', async (t) => {
  const { dispatcher, receiver, receive, deliveries, delivery } = await failing(t, {
    firstRetrySeconds: 3600,
    circuitSeconds: 0.2,
  });
  // One that refuses is no reason to try again before its time: it is up
  await receive(mail('two'), mail('three'));
  dispatcher.wake();
  await until('all failed', async () => (await deliveries()).every(({ attempts }) => attempts === 1));
  assert.equal((await delivery())?.problem?.kind, 'refused');
  receiver.answer(() => ({ status: 503 }));
  await receive(mail('four'));
  dispatcher.wake();
  await until('it is down', async () => (await deliveries())[3]?.attempts === 1);
  receiver.answer(() => ({ status: 204 }));
  await until('all are delivered', async () => (await deliveries()).every((d) => d.state === 'delivered'));
});

test('the age of deliveries goes on where it was after a restart, and stands still while nothing runs', async (t) => {
  const { store, dispatcher, createDispatching, delivery, attempted } = await failing(t, {
    firstRetrySeconds: 0.05,
    giveUpAfterHours: 1.2 / 3600,
  });
  await attempted(3);
  await dispatcher.stop();
  const counted = await store.endpoints.clock('dst_tickets');
  assert.ok(counted > 0);
  await new Promise((later) => setTimeout(later, 1_300));
  assert.equal(await store.endpoints.clock('dst_tickets'), counted);
  const { attempts = 0, clockFrom } = (await delivery()) ?? {};
  await store.deliveries.releaseAll();
  await createDispatching().start();
  await attempted(attempts + 1);
  assert.deepEqual([(await delivery())?.state, (await delivery())?.clockFrom], ['pending', clockFrom]);
  await until('its days are over', async () => (await delivery())?.state === 'dead');
  assert.ok((await store.endpoints.clock('dst_tickets')) - Number(clockFrom) <= 60_000);
});
