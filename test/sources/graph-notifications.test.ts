import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { noFaults } from '../../lab/graph/faults.ts';
import { until } from '../end-to-end/world.ts';
import { mail, mails } from './dovecot-world.ts';
import { openNotificationWorld } from './graph-notification-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
afterEach(() => {
  Object.assign(world.graph.faults, noFaults());
});
after(() => world.stop());

/** Waits until so many messages are stored. */
const stored = (mailbox: { messages(): Promise<number> }, count: number) =>
  until(`${count} messages are stored`, async () => (await mailbox.messages()) === count);
const subscribed = (mailbox: { subscriptions(): unknown[] }, count = 1) =>
  until(`there are ${count} subscriptions`, () => mailbox.subscriptions().length === count);

test('new mail is stored as soon as Graph tells of it, in every folder that is read', async (t) => {
  const address = 'told@example.com';
  world.graph.mailbox(address).makeFolder('Orders');
  const mailbox = await openNotificationWorld(t, world, address, {
    server: { folders: ['INBOX', 'Orders'] },
  });
  await subscribed(mailbox, 2);
  await world.graph.deliver(address, mail(1));
  await world.graph.deliver(address, mail(2), { folder: 'Orders' });
  await stored(mailbox, 2);
  assert.ok(world.graph.notifications.every(({ status }) => status === 202));
});

test('mail that comes while the subscription is being made is not left for the next look', async (t) => {
  const address = 'meanwhile@example.com';
  world.graph.mailbox(address);
  world.graph.faults.notificationsLost = true;
  const mailbox = await openNotificationWorld(t, world, address);
  await world.graph.deliver(address, mail(1));
  await subscribed(mailbox);
  await stored(mailbox, 1);
});

test('a restart takes over the subscription instead of making another, and doubles nothing', async (t) => {
  const address = 'restarted@example.com';
  await world.graph.fill(address, mails(3));
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  await until('it stands in the cursor', async () =>
    /subscription":\{/.test((await mailbox.store.mailboxes.cursor(mailbox.server.id)) ?? ''),
  );
  const [first] = mailbox.subscriptions();
  await mailbox.restart();
  await world.graph.deliver(address, mail(4));
  await stored(mailbox, 4);
  assert.deepEqual(
    mailbox.subscriptions().map(({ id }) => id),
    [first?.id],
  );
});

test('a subscription that was made with another secret is replaced', async (t) => {
  const address = 'secret@example.com';
  world.graph.mailbox(address);
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  await until('it stands in the cursor', async () =>
    /subscription":\{/.test((await mailbox.store.mailboxes.cursor(mailbox.server.id)) ?? ''),
  );
  const [first] = mailbox.subscriptions();
  mailbox.changeKey();
  await mailbox.restart();
  await until('there is another', () => {
    const [only, ...more] = mailbox.subscriptions();
    return only !== undefined && only.id !== first?.id && more.length === 0;
  });
  await world.graph.deliver(address, mail(1));
  await stored(mailbox, 1);
});

test('notifications that get lost do no harm: "missed" is a reason to look, and so is the clock', async (t) => {
  const address = 'lost@example.com';
  world.graph.mailbox(address);
  world.graph.faults.notificationsLost = true;
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  await world.graph.deliver(address, mail(1));
  await world.graph.lifecycle('missed');
  await stored(mailbox, 1);

  world.graph.mailbox('clock@example.com');
  const polled = await openNotificationWorld(t, world, 'clock@example.com', {
    intake: { reconcileSeconds: 0.2 },
  });
  await world.graph.deliver('clock@example.com', mail(1));
  await stored(polled, 1);
});

test('a subscription that Graph has removed is made anew, and what came meanwhile is found', async (t) => {
  const address = 'removed@example.com';
  world.graph.mailbox(address);
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  const [first] = mailbox.subscriptions();
  world.graph.faults.notificationsLost = true;
  await world.graph.deliver(address, mail(1));
  world.graph.faults.notificationsLost = false;
  await world.graph.lifecycle('subscriptionRemoved');
  await stored(mailbox, 1);
  await until('there is another', () => mailbox.subscriptions().some(({ id }) => id !== first?.id));
  await world.graph.deliver(address, mail(2));
  await stored(mailbox, 2);
});

test('a subscription that must be reauthorized is, and goes on telling', async (t) => {
  const address = 'reauthorized@example.com';
  world.graph.mailbox(address);
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  const [before] = mailbox.subscriptions();
  const { length } = world.graph.requests;
  await world.graph.lifecycle('reauthorizationRequired');
  await until('it is renewed', () =>
    world.graph.requests.slice(length).some(({ method, status }) => method === 'PATCH' && status === 200),
  );
  await world.graph.deliver(address, mail(1));
  await stored(mailbox, 1);
  assert.deepEqual(
    mailbox.subscriptions().map(({ id }) => id),
    [before?.id],
  );
});

test('subscriptions are renewed half-way to their end; one that is gone by then is made anew', async (t) => {
  const address = 'renewed@example.com';
  world.graph.mailbox(address);
  world.graph.faults.subscriptionSeconds = 4;
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  const [first] = mailbox.subscriptions();
  const end = first?.expiresAt ?? new Date();
  await until('its first end is past', () => Date.now() > end.getTime() + 500);
  assert.deepEqual(
    mailbox.subscriptions().map(({ id }) => id),
    [first?.id],
  );
  world.graph.dropSubscriptions();
  await subscribed(mailbox);
  assert.notEqual(mailbox.subscriptions()[0]?.id, first?.id);
});

test('where Graph makes no subscription, mail is looked for, that is said once, and it is tried again', async (t) => {
  const address = 'refused@example.com';
  world.graph.mailbox(address);
  world.graph.faults.subscriptionsRefused = true;
  const mailbox = await openNotificationWorld(t, world, address, { intake: { reconcileSeconds: 0.2 } });
  await world.graph.deliver(address, mail(1));
  await stored(mailbox, 1);
  const refusals = () =>
    world.graph.requests.filter(({ path, status }) => path === '/v1.0/subscriptions' && status === 403)
      .length;
  await until('it was tried again', () => refusals() > 2);
  const warnings = mailbox.said.filter(({ level }) => level === 40);
  assert.deepEqual(
    warnings.map(({ msg }) => /^Graph does not tell of new messages, so they are looked for/.test(msg)),
    [true],
  );
  world.graph.faults.subscriptionsRefused = false;
  await subscribed(mailbox);
});

test('a shared mailbox with delegated access gets no notifications, and its mail is found all the same', async (t) => {
  const [person, shared] = ['delegate@example.com', 'shared@example.com'];
  world.graph.mailbox(shared);
  world.graph.share(shared, person);
  const mailbox = await openNotificationWorld(t, world, shared, {
    intake: { reconcileSeconds: 0.2 },
    server: { shared: true },
    tokens: world.tokens({ person, permissions: ['Mail.Read.Shared'] }),
  });
  await world.graph.deliver(shared, mail(1));
  await stored(mailbox, 1);
  assert.deepEqual(mailbox.subscriptions(), []);
});

test('marking as read tells of every message once more, and none is fetched twice', async (t) => {
  const address = 'marked@example.com';
  await world.graph.fill(address, mails(5));
  const afterIntake = { action: 'mark-read' } as const;
  const mailbox = await openNotificationWorld(t, world, address, { server: { afterIntake } });
  await stored(mailbox, 5);
  await until('all are read', () =>
    world.graph
      .mailbox(address)
      .messages()
      .every(({ isRead }) => isRead),
  );
  await subscribed(mailbox);
  await world.graph.deliver(address, mail(6));
  await stored(mailbox, 6);
  await until('all are read', () =>
    world.graph
      .mailbox(address)
      .messages()
      .every(({ isRead }) => isRead),
  );
  await world.graph.deliver(address, mail(7));
  await stored(mailbox, 7);
  const downloads = world.graph.requests.filter(
    ({ path }) => path.includes(address) && path.endsWith('/$value'),
  );
  assert.equal(downloads.length, 7);
});

test('the notification URL echoes a validation token as plain text, within bounds, whoever the server is', async (t) => {
  const mailbox = await openNotificationWorld(t, world, 'handshake@example.com');
  const token = 'Validation: <b>Testing</b> client & application';
  for (const id of [mailbox.server.id, 'srv_unknown']) {
    const answer = await mailbox.post(
      `/notifications/graph/${id}?validationToken=${encodeURIComponent(token)}`,
      '',
      'text/plain; charset=utf-8',
    );
    assert.deepEqual([answer.status, answer.text], [200, token]);
    assert.match(answer.headers['content-type'] ?? '', /^text\/plain\b/);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    const long = await mailbox.post(`/notifications/graph/${id}?validationToken=${'x'.repeat(1025)}`, '');
    assert.equal(long.status, 422);
  }
});

test('the notification URL takes only what names the client state, says nothing about it, and is bounded', async (t) => {
  const address = 'guarded@example.com';
  world.graph.mailbox(address);
  world.graph.faults.notificationsLost = true;
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  await until('the look after that is over', async () =>
    /subscription":\{/.test((await mailbox.store.mailboxes.cursor(mailbox.server.id)) ?? ''),
  );
  await world.graph.deliver(address, mail(1));
  const looks = () =>
    world.graph.requests.filter(({ path }) => path.includes(address) && path.endsWith('/delta')).length;
  const before = looks();
  const telling = (clientState?: string) =>
    JSON.stringify({ value: [{ changeType: 'created', clientState }] });
  const own = `/notifications/graph/${mailbox.server.id}`;
  const secret = mailbox.clientState();
  for (const [path, body] of [
    [own, telling('wrong')],
    [own, telling(secret.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')))],
    [own, telling()],
    ['/notifications/graph/srv_unknown', telling(secret)],
    ['/notifications/graph/srv_unknown', telling('wrong')],
  ] as const) {
    const { status, text } = await mailbox.post(path, body);
    assert.deepEqual([status, text], [202, ''], path);
  }
  for (const body of ['{"value":"all"}', '[]', 'nonsense', telling('x'.repeat(200))])
    for (const path of [own, '/notifications/graph/srv_unknown'])
      assert.equal((await mailbox.post(path, body)).status, 422, body.slice(0, 20));
  assert.equal((await mailbox.post(own, telling('x'.repeat(300_000)))).status, 413);
  assert.equal(looks(), before, 'nobody looked');
  assert.equal((await mailbox.post(own, telling(secret))).status, 202);
  await stored(mailbox, 1);
});

test('a mailbox that is removed leaves no subscription behind, and can be added again', async (t) => {
  const address = 'readded@example.com';
  world.graph.mailbox(address);
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  await mailbox.remove();
  await subscribed(mailbox, 0);
  await mailbox.add('srv_again');
  await subscribed(mailbox);
  await world.graph.deliver(address, mail(1));
  await stored(mailbox, 1);
});

test('a subscription that could not be ended gives way when the mailbox is added again, under whichever id', async (t) => {
  const address = 'left@example.com';
  world.graph.mailbox(address);
  const mailbox = await openNotificationWorld(t, world, address);
  await subscribed(mailbox);
  const [left] = mailbox.subscriptions();
  world.graph.faults.unavailable = 3;
  await mailbox.remove();
  await until('it was tried to end it', () => world.graph.faults.unavailable < 3);
  await until('that was given up', () => mailbox.said.some(({ msg }) => msg.includes('ends by itself')));
  world.graph.faults.unavailable = 0;
  assert.deepEqual(
    mailbox.subscriptions().map(({ id }) => id),
    [left?.id],
  );
  await mailbox.add('srv_later');
  await until('another has taken its place', () => {
    const [now, more] = mailbox.subscriptions();
    return now !== undefined && more === undefined && now.id !== left?.id;
  });
  await world.graph.deliver(address, mail(1));
  await stored(mailbox, 1);
});

test('a subscription that leads elsewhere stays as it is: it may be of another installation', async (t) => {
  const address = 'elsewhere@example.com';
  world.graph.mailbox(address);
  const one = await openNotificationWorld(t, world, address);
  await subscribed(one);
  const owners = () => one.subscriptions().map(({ id }) => id);
  const [first] = owners();
  const other = await openNotificationWorld(t, world, address, { intake: { reconcileSeconds: 0.2 } });
  await until('it is said', () => other.said.some(({ msg }) => msg.includes('already exists')));
  await world.graph.deliver(address, mail(1));
  await stored(one, 1);
  await stored(other, 1);
  assert.deepEqual(owners(), [first]);
});
