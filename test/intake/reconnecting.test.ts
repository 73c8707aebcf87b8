import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionBroken } from '../../lab/scripted-mailbox.ts';
import { delayAfter, retryDelay } from '../../src/intake/retry-delay.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, startTaking, subjects } from './taking.ts';

const minute = 60_000;
const many = (work: () => number) => Array.from({ length: 200 }, work);

test('between reconnects the delay grows exponentially up to five minutes, each by chance between half and all of it', () => {
  for (const [failures, full] of [
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [9, 256_000],
    [10, 5 * minute],
    [100_000, 5 * minute],
  ] as const) {
    const delays = many(() => delayAfter(connectionBroken(), failures, retryDelay));
    assert.ok(Math.min(...delays) >= full / 2 && Math.max(...delays) <= full);
    assert.ok(new Set(delays).size > 20);
  }
});

test('what a person must mend is looked at now and then, at least every five minutes, and not all at once', () => {
  const delays = many(() => delayAfter(connectionBroken('no'), 1, retryDelay));
  assert.ok(Math.min(...delays) >= 2.5 * minute && Math.max(...delays) <= 5 * minute);
  assert.ok(new Set(delays).size > 20);
});

test('the time that a server asks for is kept, plus a little by chance; but neither for days nor in a circle', () => {
  const asked = (milliseconds: number) =>
    delayAfter(connectionBroken(new Date(Date.now() + milliseconds)), 7, retryDelay);
  const delays = many(() => asked(10 * minute));
  assert.ok(Math.min(...delays) >= 10 * minute && Math.max(...delays) <= 10 * minute + 1_000);
  assert.ok(asked(90 * 24 * 60 * minute) <= 60 * minute);
  assert.ok(asked(-minute) >= 500);
});

test('after a broken connection reading goes on where it stopped: nothing is lost, nothing comes twice', async (t) => {
  const { addServer, supervisor, stored, becomes, store } = await startTaking(t);
  const { mailbox } = await addServer();
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  await becomes('watching');
  for (let n = 2; n <= 5; n++) {
    mailbox.breakOff(connectionBroken());
    mailbox.deliver(mail(`${n}`));
    await stored(n);
  }
  assert.deepEqual(await subjects(store), ['one', '2', '3', '4', '5']);
  assert.equal((await store.deliveries.counts()).pending, 5);
});

test('a connection that breaks as soon as it has caught up is not tried ever faster', async (t) => {
  const { addServer, supervisor } = await startTaking(t, { retryDelay: { first: 10, cap: 10_000 } });
  const { mailbox } = await addServer();
  mailbox.trouble.watching = connectionBroken();
  await supervisor.start();
  await until('it was tried some times', () => mailbox.readings.length >= 6);
  await supervisor.stop();
  const gaps = mailbox.readings.slice(1).map((at, n) => at - Number(mailbox.readings[n]));
  for (const [n, gap] of gaps.entries()) assert.ok(gap >= 5 * 2 ** n - 2, `${gaps}`);
});

test('a reading that brings mail each time it breaks is gone on with quickly', async (t) => {
  const { addServer, supervisor, stored } = await startTaking(t, { retryDelay: { first: 1, cap: 600_000 } });
  const { mailbox } = await addServer();
  for (let n = 0; n < 30; n++) {
    let times = 0;
    const bytes = mail(`${n}`);
    async function* read() {
      yield bytes.subarray(0, 10);
      if (times++ === 0) throw connectionBroken();
      yield bytes.subarray(10);
    }
    mailbox.deliver(bytes, { read });
  }
  await supervisor.start();
  await stored(30);
  assert.ok(mailbox.readings.length >= 30);
});

test('a source that ends by itself is a trouble like others: shown, and tried again after a delay', async (t) => {
  const { addServer, supervisor, becomes, condition } = await startTaking(t, {
    retryDelay: { first: 60_000, cap: 60_000 },
  });
  const { mailbox } = await addServer();
  mailbox.trouble.watching = 'end';
  await supervisor.start();
  await becomes('failing');
  assert.equal((await condition())?.problem?.code, 'intake.ended');
  assert.equal(mailbox.readings.length, 1);
});

test('what a person had to mend is tried at once when its profile is connected, or the server is edited', async (t) => {
  const { addServer, supervisor, becomes, store } = await startTaking(t, {
    retryDelay: { first: 600_000, cap: 600_000 },
  });
  const { server, mailbox } = await addServer();
  const other = await addServer({ id: 'srv_other', name: 'Other', profileId: 'prf_2' });
  for (const { trouble } of [mailbox, other.mailbox]) trouble.connecting = connectionBroken('no');
  await supervisor.start();
  await becomes('failing');
  await becomes('failing', 'srv_other');

  mailbox.trouble.connecting = null;
  await supervisor.refreshProfile('prf_1');
  await becomes('watching');
  assert.equal(other.mailbox.readings.length, 1, 'those of another profile are left alone');

  mailbox.trouble.connecting = connectionBroken('no');
  mailbox.breakOff(connectionBroken('no'));
  await becomes('failing');
  mailbox.trouble.connecting = null;
  await put(store, 'server', { ...server, updatedAt: new Date().toISOString() });
  await supervisor.refresh(server.id);
  await becomes('watching');
});

test('a full store stops a mailbox only until there is room: what was read is stored then, once', async (t) => {
  let full = true;
  const { addServer, supervisor, becomes, condition, stored, store } = await startTaking(t, {
    seen: (store) => ({
      ...store,
      messages: {
        ...store.messages,
        receive: async (...parameters) => {
          if (full) throw connectionBroken('later', 'store.full', 'full');
          return store.messages.receive(...parameters);
        },
      },
    }),
  });
  const { mailbox } = await addServer();
  for (const subject of ['one', 'two']) mailbox.deliver(mail(subject));
  await supervisor.start();
  await becomes('failing');
  assert.equal((await condition())?.problem?.code, 'store.full');
  await until('it was tried again', () => mailbox.readings.length >= 3);
  full = false;
  await stored(2);
  await becomes('watching');
  assert.equal((await store.deliveries.counts()).pending, 2);
});
