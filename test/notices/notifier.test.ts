import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { MailServerCondition } from '../../src/model/mail-server.ts';
import type { Notice } from '../../src/model/notice.ts';
import { Notifier } from '../../src/notices/notifier.ts';
import { notificationsType } from '../../src/resources/notification-settings.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { until } from '../end-to-end/world.ts';
import { outgoingServer } from '../outgoing/setting.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { mailServer, openStore, readAll } from '../store/fixtures.ts';

const notice = (key: string, title = `Trouble: ${key}`): Notice => ({
  key,
  severity: 'error',
  title,
  detail: 'It happened.',
  remedy: 'Press Reconnect.',
  link: '/profiles/prf_1',
});
const consent = notice('profile.failing prf_1', 'Contoso: the grant has expired');
const failing = notice('server.failing srv_support', 'Support: the server cannot be reached');
const byMail = {
  outgoingServerId: 'ogs_test',
  addresses: ['admin@contoso.example'],
  destinationId: null,
};

/** A store, notices that the test makes, and notifiers that look at both. */
async function openMatters(t: TestContext) {
  const store = await openStore(t);
  await put(store, 'outgoing-server', outgoingServer({ port: 587 }));
  await put(store, 'server', mailServer());
  const events = createEventBus();
  const wrong: Notice[] = [];
  const resources = collectionsOf(store);
  await resources.notifications.update(notificationsType, byMail);

  async function notifying(patienceSeconds = 0.1) {
    const notifier = new Notifier({
      store,
      notices: async () => [...wrong],
      resources,
      patienceSeconds,
      dispatcher: { wake: () => undefined },
      events,
      log: pino({ level: 'silent' }),
    });
    t.after(() => notifier.stop());
    notifier.start();
    return notifier;
  }

  async function told() {
    const { items } = await store.outbox.list({ limit: 50 });
    return items.toReversed().map(({ subject }) => subject);
  }

  const condition = (is: MailServerCondition) =>
    store.mailboxes.setState({
      serverId: 'srv_support',
      condition: is,
      problem: null,
      since: new Date().toISOString(),
      lastContactAt: null,
      lastMessageAt: null,
      retryAt: null,
    });
  const say = (...now: Notice[]) => wrong.splice(0, wrong.length, ...now);
  const becomes = (...subjects: string[]) =>
    until(
      `told: ${subjects.join(', ')}`,
      async () => JSON.stringify(await told()) === JSON.stringify(subjects),
    );
  /** So that what must not be told has had its time: something else is, after it. */
  return { store, events, resources, notifying, told, condition, say, becomes };
}

test('where one way to tell cannot be read, the other one is taken', async (t) => {
  const { store, resources, say, notifying } = await openMatters(t);
  const { id } = await resources.destinations.create({ name: 'Hook', url: 'https://hook.example/' });
  await resources.notifications.update(notificationsType, { destinationId: id });
  await put(store, 'outgoing-server', { id: 'ogs_test', name: 'Out', kind: 'pigeon' });
  say(consent);
  await notifying();
  const told = async () => (await store.notices.list()).filter(({ toldAt }) => toldAt !== null);
  await until('it is told', async () => (await told()).length === 1);
  const { items } = await store.deliveries.list({ limit: 10 });
  assert.deepEqual(
    items.map(({ target }) => target.id),
    [id],
  );
});

test('what needs a person is told once, with its remedy, and once when it is mended', async (t) => {
  const { store, say, notifying, becomes } = await openMatters(t);
  say(consent);
  const notifier = await notifying();
  await becomes('Letterbox: Contoso: the grant has expired');
  const [mail] = (await store.outbox.list({ limit: 1 })).items;
  assert.equal(mail?.sender, '');
  assert.deepEqual(
    mail?.recipients.map(({ address }) => address),
    ['admin@contoso.example'],
  );
  const source = (await readAll(store.outbox.raw(mail?.id ?? ''))).toString();
  assert.match(source, /What to do: Press Reconnect\./);
  assert.match(source, /^Auto-Submitted: auto-generated/m);
  notifier.look();
  say();
  notifier.look();
  await becomes(
    'Letterbox: Contoso: the grant has expired',
    'Letterbox: mended: Contoso: the grant has expired',
  );
  assert.deepEqual(await store.notices.list(), []);
});

test('a restart tells nothing again, and forgets nothing', async (t) => {
  const { say, notifying, becomes } = await openMatters(t);
  say(consent);
  const first = await notifying();
  await becomes('Letterbox: Contoso: the grant has expired');
  await first.stop();
  const other = notice('quarantine', '2 messages are in quarantine');
  say(consent, other);
  const second = await notifying();
  await becomes('Letterbox: Contoso: the grant has expired', 'Letterbox: 2 messages are in quarantine');
  await second.stop();
  say(other);
  await notifying();
  await becomes(
    'Letterbox: Contoso: the grant has expired',
    'Letterbox: 2 messages are in quarantine',
    'Letterbox: mended: Contoso: the grant has expired',
  );
});

test('a mailbox that fails is told of after one poll, not while it tries again, and is mended when it watches', async (t) => {
  const { store, say, condition, notifying, becomes, told } = await openMatters(t);
  await condition('failing');
  say(failing);
  const notifier = await notifying(1.5);
  await until('it was seen', async () => (await store.notices.list()).length === 1);
  assert.deepEqual(await told(), []);
  await becomes('Letterbox: Support: the server cannot be reached');

  // A retry takes the problem off the overview for a moment: neither mended nor told anew.
  await condition('synchronising');
  say();
  notifier.look();
  say(consent);
  await becomes(
    'Letterbox: Support: the server cannot be reached',
    'Letterbox: Contoso: the grant has expired',
  );
  await condition('failing');
  say(consent, failing);
  notifier.look();
  await condition('watching');
  say(consent);
  notifier.look();
  await becomes(
    'Letterbox: Support: the server cannot be reached',
    'Letterbox: Contoso: the grant has expired',
    'Letterbox: mended: Support: the server cannot be reached',
  );
});

test('what passes before one poll is over is not told at all', async (t) => {
  const { store, say, condition, notifying, told, becomes } = await openMatters(t);
  await condition('failing');
  say(failing);
  const notifier = await notifying(30);
  await until('it was seen', async () => (await store.notices.list()).length === 1);
  await condition('watching');
  say(consent);
  notifier.look();
  await becomes('Letterbox: Contoso: the grant has expired');
  assert.equal((await store.notices.list()).length, 1);
  assert.equal((await told()).length, 1);
});

test('what comes together is told together; what is being set up is for the console only', async (t) => {
  const { say, notifying, becomes } = await openMatters(t);
  say(
    consent,
    notice('delivery.dead dst_1'),
    notice('profile.new prf_2'),
    notice('server.remark srv_support'),
  );
  await notifying();
  await becomes('Letterbox: 2 matters need you');
});

test('with nobody to tell it stays untold, and is told once there is somebody', async (t) => {
  const { store, resources, say, notifying, becomes, told } = await openMatters(t);
  await resources.notifications.update(notificationsType, { outgoingServerId: null, addresses: [] });
  say(consent);
  const notifier = await notifying();
  await until('it was seen', async () => (await store.notices.list()).length === 1);
  assert.deepEqual(await told(), []);
  await resources.notifications.update(notificationsType, byMail);
  notifier.look();
  await becomes('Letterbox: Contoso: the grant has expired');
});

test('an event is a reason to look at once', async (t) => {
  const { events, say, notifying, becomes } = await openMatters(t);
  await notifying(3600);
  say(consent);
  events.emit('profile.state', { profileId: 'prf_1', profile: 'Contoso', state: 'failing', problem: null });
  await becomes('Letterbox: Contoso: the grant has expired');
});

test('a credential that comes nearer to its end is told anew, and the earlier warning is not called mended', async (t) => {
  const { say, notifying, becomes } = await openMatters(t);
  const expiring = (days: number): Notice => ({
    ...consent,
    key: `client-secret.${days} prf_contoso`,
    title: `the client secret expires in ${days} days`,
  });
  say(expiring(30));
  const notifier = await notifying();
  await becomes('Letterbox: the client secret expires in 30 days');
  say(expiring(14));
  notifier.look();
  await becomes(
    'Letterbox: the client secret expires in 30 days',
    'Letterbox: the client secret expires in 14 days',
  );
  say();
  notifier.look();
  await becomes(
    'Letterbox: the client secret expires in 30 days',
    'Letterbox: the client secret expires in 14 days',
    'Letterbox: mended: the client secret expires in 14 days',
  );
});
