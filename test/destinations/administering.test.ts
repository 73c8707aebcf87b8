import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type ReceivedRequest, startReceiver } from '../../lab/receiver.ts';
import { createDestinationsAdministration } from '../../src/administration/destinations.ts';
import { createDownloadUrls } from '../../src/delivery/download-urls.ts';
import { createWebhook } from '../../src/destinations/webhook/index.ts';
import { type SigningSecret, signingSecretsName } from '../../src/destinations/webhook/signature.ts';
import type { Store } from '../../src/store/store.ts';
import { loadKeyRing } from '../../src/vault/key-ring.ts';
import type { Vault } from '../../src/vault/vault.ts';
import { createVault } from '../../src/vault/vault.ts';
import { mail, options, startDelivering } from '../delivery/delivering.ts';
import { collectionsOf } from '../resources/fixtures.ts';
import { until } from '../until.ts';

const hour = 3_600_000;

function openVault() {
  return createVault(loadKeyRing({ value: randomBytes(32).toString('base64'), defaultFile: '/nowhere' }));
}

/** What a destination signs with, newest first. */
async function signingSecrets(store: Store, vault: Vault, id: string): Promise<SigningSecret[]> {
  const sealed = await store.secrets.read(id, signingSecretsName);
  return sealed ? JSON.parse(vault.open(id, signingSecretsName, sealed)) : [];
}

/** A destination as an administrator enters it, with its secrets in a vault. */
async function administered(t: TestContext) {
  const vault = openVault();
  const world = await startDelivering(
    t,
    {},
    {
      open: async (destination, store) =>
        createWebhook({
          destination,
          secrets: JSON.parse(
            (await store.secrets
              .read(destination.id, signingSecretsName)
              .then((sealed) => sealed && vault.open(destination.id, signingSecretsName, sealed))) ?? '[]',
          ),
          options: options(),
        }),
    },
  );
  const { store, dispatcher } = world;
  const receiver = await startReceiver({ secrets: [] });
  world.after(receiver.stop);
  const { destinations } = collectionsOf(store, { vault, delivery: options() });
  destinations.onChange(() => dispatcher.refresh());
  const administration = createDestinationsAdministration({
    destinations,
    endpoints: store.endpoints,
    renew: (id) => dispatcher.renew((target) => target.id === id),
    changed: () => dispatcher.refresh(),
  });
  await dispatcher.start();
  const { signingSecret, ...destination } = await administration.create({
    name: 'Tickets',
    url: receiver.url,
  });
  const created = { ...destination, signingSecret: signingSecret ?? assert.fail('a webhook has a secret') };
  let sent = 0;
  const next = async (): Promise<ReceivedRequest> => {
    await world.receive(mail(`mail-${++sent}`));
    dispatcher.wake();
    await until('it came', () => receiver.requests.length === sent);
    return receiver.requests.at(-1) as ReceivedRequest;
  };
  return { ...world, vault, receiver, administration, created, next };
}

function accepts(secret: string, { body, headers }: ReceivedRequest): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

test('after a rotation the next message is signed with both secrets, until the old one ends a day later', async (t) => {
  const { administration, created, next, store, vault } = await administered(t);
  assert.ok(accepts(created.signingSecret, await next()));
  const { signingSecret } = await administration.rotateSecret(created.id);
  assert.notEqual(signingSecret, created.signingSecret);
  const request = await next();
  assert.ok(accepts(created.signingSecret, request), 'a receiver that knows only the old one');
  assert.ok(accepts(signingSecret, request), 'a receiver that knows only the new one');
  const [newest, older] = await signingSecrets(store, vault, created.id);
  assert.deepEqual([newest?.secret, newest?.until], [signingSecret, null]);
  assert.equal(older?.secret, created.signingSecret);
  const left = Date.parse(older?.until ?? '') - Date.now();
  assert.ok(left > 23 * hour && left <= 24 * hour);
});

test('two rotations at once each take effect: no secret that was shown is worth nothing', async (t) => {
  const { administration, created, next } = await administered(t);
  const shown = await Promise.all([
    administration.rotateSecret(created.id),
    administration.rotateSecret(created.id),
  ]);
  const request = await next();
  for (const { signingSecret } of [created, ...shown]) assert.ok(accepts(signingSecret, request));
});

test('a changed URL is used from the next message on; a removed destination gets nothing more', async (t) => {
  const { administration, created, next, receiver, after, receive, dispatcher, deliveries } =
    await administered(t);
  await next();
  const other = await startReceiver({ secrets: [created.signingSecret] });
  after(other.stop);
  await administration.update(created.id, { url: other.url });
  await receive(mail('moved'));
  dispatcher.wake();
  await until('it came to the new place', () => other.requests.length === 1);
  assert.ok(other.requests[0]?.verified);
  await administration.remove(created.id);
  assert.deepEqual(await deliveries(), []);
  assert.equal(receiver.requests.length, 1);
});

test('a private address is refused when it is entered, by the name of its field', async (t) => {
  const { administration, created } = await administered(t);
  for (const url of ['http://10.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/latest'])
    for (const entered of [
      administration.create({ name: 'Inside', url }),
      administration.update(created.id, { url }),
    ])
      await assert.rejects(entered, (error: { code?: string; fields?: { field: string }[] }) => {
        assert.equal(error.code, 'input.invalid');
        assert.deepEqual(
          error.fields?.map(({ field }) => field),
          ['url'],
        );
        return true;
      });
});

test('the URL of an attachment is good for its time, for that attachment only', () => {
  const vault = openVault();
  const urls = (hours: number) => createDownloadUrls({ publicUrl: 'https://mail.example', vault, hours });
  const { url, verify } = urls(1);
  const good = new URL(url('msg_1', 0));
  assert.equal(good.pathname, '/download/msg_1/attachments/0');
  assert.ok(verify(good));
  assert.ok(verify(new URL(url('msg_1', null))));
  assert.ok(!verify(new URL(urls(-1).url('msg_1', 0))), 'its time is over');
  const altered = (change: (url: URL) => void) => {
    const copy = new URL(good);
    change(copy);
    return copy;
  };
  const onPath = (path: string) => new URL(good.href.replace(good.pathname, path));
  for (const bad of [
    onPath('/download/msg_1/attachments/1'),
    onPath('/download/msg_1/raw'),
    onPath('/download/msg_2/attachments/0'),
    altered((copy) => copy.searchParams.set('expires', '9999999999')),
    altered((copy) => copy.searchParams.set('signature', 'x'.repeat(43))),
    altered((copy) => copy.searchParams.delete('signature')),
    altered((copy) => copy.searchParams.delete('expires')),
  ])
    assert.ok(!verify(bad), bad.href);
  assert.ok(
    !createDownloadUrls({ publicUrl: 'https://mail.example', vault: openVault(), hours: 1 }).verify(good),
  );
});
