import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { type TestContext, test } from 'node:test';
import { createWebhookGuard } from '../../src/destinations/webhook/address-guard.ts';
import { mail, startDelivering } from '../delivery/delivering.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';

const refusal = { code: 'webhook.private-address' };

/** What a connection to the name is given by the guard. */
function looked(guard: ReturnType<typeof createWebhookGuard>, hostname: string, all = true) {
  return new Promise<string | LookupAddress[]>((resolve, reject) =>
    guard.lookup(hostname, { all }, (error, found) => (error ? reject(error) : resolve(found))),
  );
}

const names =
  (answers: Record<string, string[]>) =>
  async (hostname: string): Promise<LookupAddress[]> =>
    (answers[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** One message to a URL in which PORT is that of a receiver; how its attempt ended, and how many requests came. */
async function sendTo(t: TestContext, url: string, allowPrivateAddresses: string[]) {
  const world = await startDelivering(t, { allowPrivateAddresses });
  const { destination, receiver } = await world.addTarget('inside');
  const { port } = new URL(receiver.url);
  await put(world.store, 'destination', { ...destination, url: url.replace('PORT', port) });
  await world.receive(mail('one'));
  await world.dispatcher.start();
  await until('it was tried', async () => ((await world.deliveries())[0]?.attempts ?? 0) > 0);
  const [delivery] = await world.deliveries();
  return { delivery, requests: receiver.requests.length };
}

test('addresses of private and special networks are refused, in whatever spelling', () => {
  const guard = createWebhookGuard([]);
  for (const host of [
    '127.0.0.1',
    '127.1.2.3',
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[0:0:0:0:0:ffff:10.0.0.1]',
    '[::7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[::ffff:0:a00:1]',
    '[::10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[64:ff9b:1::10.0.0.1]',
    '[64:ff9b:1:ffff::10.0.0.1]',
    '[2002:7f00:1::]',
    '[2002:a00:1::1]',
    '[2001::1]',
    '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
    '[2606:4700::5efe:127.0.0.1]',
    '[2606:4700::5efe:a00:1]',
    '[2606:4700:0:0:200:5efe:192.168.0.1]',
    '[fe80::5efe:10.0.0.1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[fe80::1]',
    '[ff02::1]',
    '[5f00::1]',
    '[100:0:0:1::1]',
  ])
    assert.throws(() => guard.assertHost(new URL(`http://${host}/`).hostname), refusal, host);
});

test('public addresses are not, and names are judged when they are resolved', () => {
  const guard = createWebhookGuard([]);
  for (const host of [
    '93.184.215.14',
    '172.32.0.1',
    '100.128.0.1',
    '[2606:4700::1111]',
    '[::ffff:8.8.8.8]',
    '[2606:4700::5efe:8.8.8.8]',
    '[2606::1]',
    '[2606:4700:1:2:3:4:5:6]',
  ])
    guard.assertHost(new URL(`http://${host}/`).hostname);
  guard.assertHost('localhost');
});

test('a name is refused for any private address among its answers', async () => {
  const resolve = names({
    'public.example': ['93.184.215.14', '2606:4700::1111'],
    'inside.example': ['10.1.2.3'],
    'mixed.example': ['93.184.215.14', '10.1.2.3'],
    'mapped.example': ['::ffff:192.168.0.1'],
    'mapped-hex.example': ['::ffff:c0a8:1'],
    'translated.example': ['::ffff:0:192.168.0.1'],
    'isatap.example': ['2606:4700::200:5efe:c0a8:1%eth0'],
    'metadata.example': ['169.254.169.254'],
  });
  const guard = createWebhookGuard([], resolve);
  assert.equal((await looked(guard, 'public.example')).length, 2);
  assert.equal(await looked(guard, 'public.example', false), '93.184.215.14');
  for (const part of ['inside', 'mixed', 'mapped', 'mapped-hex', 'translated', 'isatap', 'metadata'])
    await assert.rejects(looked(guard, `${part}.example`), refusal, part);
});

test('networks that the administrator allows are let through, and only these', async () => {
  const resolve = names({ 'inside.example': ['10.1.2.3'], 'beside.example': ['10.2.0.1'] });
  const guard = createWebhookGuard(['10.1.0.0/16', 'fd00::/8'], resolve);
  for (const host of ['10.1.255.255', '[::ffff:10.1.0.1]', '[fd00::1]']) guard.assertHost(host);
  for (const host of ['10.2.0.1', '[fc00::1]', '127.0.0.1', '[::1]'])
    assert.throws(() => guard.assertHost(host), refusal, host);
  await looked(guard, 'inside.example');
  await assert.rejects(looked(guard, 'beside.example'), refusal);
});

test('a name is resolved once for all who wait for it, so that silent name servers hold up nobody else', async () => {
  const asked: string[] = [];
  let answer = Promise.withResolvers<LookupAddress[]>();
  const guard = createWebhookGuard([], (hostname) => {
    asked.push(hostname);
    return answer.promise;
  });
  const eight = Promise.allSettled(Array.from({ length: 8 }, () => looked(guard, 'slow.example')));
  answer.reject(new Error('SERVFAIL'));
  assert.deepEqual(new Set((await eight).map(({ status }) => status)), new Set(['rejected']));
  assert.deepEqual(asked, ['slow.example']);

  answer = Promise.withResolvers();
  const again = looked(guard, 'slow.example', false);
  answer.resolve([{ address: '93.184.215.14', family: 4 }]);
  assert.equal(await again, '93.184.215.14');
  assert.equal(asked.length, 2);
});

test('no byte is sent to an address that is not allowed: literal, mapped, or by name', async (t) => {
  for (const url of ['http://127.0.0.1:PORT/', 'http://[::ffff:127.0.0.1]:PORT/', 'http://localhost:PORT/']) {
    const { delivery, requests } = await sendTo(t, url, []);
    assert.deepEqual([delivery?.state, delivery?.problem?.code], ['pending', refusal.code], url);
    assert.match(delivery?.problem?.remedy ?? '', /delivery\.allowPrivateAddresses/);
    assert.equal(requests, 0, url);
  }
});

test('with delivery.allowPrivateAddresses a destination may be inside', async (t) => {
  for (const url of ['http://127.0.0.1:PORT/', 'http://[::ffff:127.0.0.1]:PORT/']) {
    const { delivery, requests } = await sendTo(t, url, ['127.0.0.0/8']);
    assert.deepEqual([delivery?.state, requests], ['delivered', 1], url);
  }
  const { delivery } = await sendTo(t, 'http://localhost:PORT/', ['127.0.0.0/8', '::1/128']);
  assert.equal(delivery?.state, 'delivered');
});

test('a redirect leads nowhere, so it cannot lead inside', async (t) => {
  const world = await startDelivering(t, { allowPrivateAddresses: ['127.0.0.1/32'] });
  const { receiver } = await world.addTarget('outside');
  receiver.answer(() => ({
    status: 307,
    headers: { location: receiver.url.replace('127.0.0.1', '127.0.0.2') },
  }));
  await world.receive(mail('one'));
  await world.dispatcher.start();
  await until('it was tried', async () => ((await world.deliveries())[0]?.attempts ?? 0) > 1);
  assert.equal((await world.deliveries())[0]?.problem?.code, 'webhook.redirect');
  assert.ok(receiver.requests.every(({ headers }) => headers.host?.startsWith('127.0.0.1:')));
});
