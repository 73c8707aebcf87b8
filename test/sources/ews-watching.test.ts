import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { until } from '../end-to-end/world.ts';
import { type EwsWorld, mail, openSource, startEwsWorld } from './ews-world.ts';
import { type Seen, see, sha256 } from './setting.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());
beforeEach(() => {
  Object.assign(world.ews.faults, {
    notifications: true,
    affinity: false,
    silent: false,
    heartbeatMs: 100,
    minuteMs: 60_000,
  });
});

/** Never by its own clock, so that what arrives was told. */
const told: Partial<Config['intake']> = { reconcileSeconds: 3600 };

/** Watches in the background; `stop` ends it and throws what it ended with. */
function watch(source: MailSource) {
  const abort = new AbortController();
  const seen: Seen[] = [];
  let looks = 0;
  const ended = (async () => {
    for await (const event of source.messages(null, { watch: true, signal: abort.signal })) {
      if (event.kind === 'caught-up') looks++;
      else seen.push(await see(event));
    }
  })();
  ended.catch(() => {});
  return {
    seen,
    looks: () => looks,
    async arrived(...numbers: number[]) {
      await until(`${numbers.length} arrived`, () => seen.length >= numbers.length);
      const sums = seen.map((event) => event.kind === 'message' && event.sha256);
      assert.deepEqual(
        sums,
        numbers.map((n) => sha256(mail(n))),
      );
    },
    async stop() {
      abort.abort();
      await ended;
    },
  };
}

async function streaming(count = 1): Promise<void> {
  await until(`${count} streams are open`, () => world.ews.subscriptions.streaming() === count);
}

test('new mail arrives by streaming notifications, and the subscription is ended in the end', async (t) => {
  const address = 'stream@example.com';
  const mailbox = world.ews.mailbox(address);
  const watching = watch(openSource(t, world.server(address), world.personalTokens(address), told));
  await streaming();
  for (let n = 1; n <= 3; n++) {
    await mailbox.deliver(mail(n), 'INBOX', { receivedAt: new Date(Date.UTC(2026, 0, n)) });
    await watching.arrived(...Array.from({ length: n }, (_, i) => i + 1));
  }
  await watching.stop();
  assert.equal(world.ews.subscriptions.count(), 0);
  assert.equal(world.ews.subscriptions.streaming(), 0);
});

test('mail that comes before the subscription does is found when it begins', async (t) => {
  const address = 'between@example.com';
  const mailbox = world.ews.mailbox(address);
  const source = openSource(t, world.server(address), world.personalTokens(address), told);
  const stop = new AbortController();
  const seen: Seen[] = [];
  let delivered = false;
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind !== 'caught-up') {
      seen.push(await see(event));
      stop.abort();
    } else if (!delivered) {
      delivered = true;
      await mailbox.deliver(mail(1));
    }
  }
  assert.equal(seen.length, 1);
});

test('mail in a folder that nobody watches is found by the reconciling look', async (t) => {
  const address = 'reconcile@example.com';
  const mailbox = world.ews.mailbox(address);
  mailbox.folderAt('Orders', true);
  const server = world.server(address, { folders: ['INBOX', 'Orders'] });
  const options = { reconcileSeconds: 0.2 };
  const watching = watch(openSource(t, server, world.personalTokens(address), options));
  await streaming();
  await mailbox.deliver(mail(1), 'Orders');
  await watching.arrived(1);
  await watching.stop();
});

test('a stream that the server ends in good order is asked for again', async (t) => {
  const address = 'closed@example.com';
  const mailbox = world.ews.mailbox(address);
  world.ews.faults.minuteMs = 20;
  const watching = watch(openSource(t, world.server(address), world.personalTokens(address), told));
  const asked = () =>
    world.ews.requests.filter(
      ({ operation, self }) => operation === 'GetStreamingEvents' && self === address,
    );
  await until('it was asked for three times', () => asked().length >= 3);
  await mailbox.deliver(mail(1));
  await watching.arrived(1);
  await watching.stop();
});

test('a stream that breaks is taken up again, and what came meanwhile arrives', async (t) => {
  const address = 'dropped@example.com';
  const mailbox = world.ews.mailbox(address);
  const watching = watch(openSource(t, world.server(address), world.personalTokens(address), told));
  await streaming();
  world.ews.subscriptions.drop();
  await mailbox.deliver(mail(1));
  await watching.arrived(1);
  await watching.stop();
});

test('a stream without a sign of life is dead, and is asked for again', async (t) => {
  const address = 'silent@example.com';
  const mailbox = world.ews.mailbox(address);
  const tokens = world.personalTokens(address);
  const watching = watch(openSource(t, world.server(address), tokens, told, { silenceMs: 500 }));
  await streaming();
  world.ews.faults.silent = true;
  await mailbox.deliver(mail(1));
  await until('the silent stream was given up', () => world.ews.subscriptions.streaming() === 0);
  world.ews.faults.silent = false;
  await mailbox.deliver(mail(2), 'INBOX', { receivedAt: new Date(Date.now() + 60_000) });
  await watching.arrived(1, 2);
  await watching.stop();
});

test('a subscription that the server has forgotten is begun anew, and what came meanwhile arrives', async (t) => {
  const address = 'forgotten@example.com';
  const mailbox = world.ews.mailbox(address);
  const watching = watch(openSource(t, world.server(address), world.personalTokens(address), told));
  await streaming();
  world.ews.subscriptions.forget();
  await mailbox.deliver(mail(1));
  world.ews.subscriptions.drop();
  await watching.arrived(1);
  await watching.stop();
});

test('the subscription is found among several mailbox servers, by the cookie of its making', async (t) => {
  const address = 'affinity@example.com';
  const mailbox = world.ews.mailbox(address);
  world.ews.faults.affinity = true;
  const watching = watch(openSource(t, world.server(address), world.personalTokens(address), told));
  await streaming();
  await mailbox.deliver(mail(1));
  await watching.arrived(1);
  await watching.stop();
});

test('where notifications are refused, the mailbox is looked at by the clock', async (t) => {
  const address = 'refused@example.com';
  const mailbox = world.ews.mailbox(address);
  world.ews.faults.notifications = false;
  const options = { reconcileSeconds: 0.2 };
  const source = openSource(t, world.server(address), world.personalTokens(address), options);
  assert.deepEqual((await source.inspect()).capabilities, ['Exchange 15.20']);
  const watching = watch(source);
  await until('it caught up', () => watching.looks() > 0);
  await mailbox.deliver(mail(1));
  await watching.arrived(1);
  await watching.stop();
});

test('closing the source ends a watch at once, without an error, and its subscription with it', async (t) => {
  const address = 'close@example.com';
  world.ews.mailbox(address);
  const source = openSource(t, world.server(address), world.personalTokens(address), told);
  const watching = watch(source);
  await streaming();
  await source.close();
  assert.equal(world.ews.subscriptions.count(), 0);
  await watching.stop();
  await until('its stream is gone', () => world.ews.subscriptions.streaming() === 0);
});

// A server that is waited for takes two minutes
test('closing waits for no server that has fallen silent', { timeout: 60_000 }, async (t) => {
  const address = 'deaf@example.com';
  world.ews.mailbox(address);
  const source = openSource(t, world.server(address), world.personalTokens(address), told);
  const watching = watch(source);
  await streaming();
  world.ews.faults.next({ kind: 'silence' }, { operation: 'Unsubscribe' });
  await source.close();
  await watching.stop();
  const farewells = world.ews.requests.filter(
    ({ operation, self }) => operation === 'Unsubscribe' && self === address,
  );
  assert.equal(farewells.length, 1);
  world.ews.subscriptions.forget();
});
