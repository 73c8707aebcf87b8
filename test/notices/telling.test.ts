import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeMail } from '../../lab/mail.ts';
import { mailbox, startWorld, until } from '../end-to-end/world.ts';
import { addOutgoing, inbox } from '../outgoing/letterbox.ts';

const admin = 'admin@contoso.example';

test('a mail server that goes down is told by mail and by webhook, once, and once when it is back', async (t) => {
  const world = await startWorld(t);
  await world.dovecot.deliver(mailbox, makeMail(1));
  const letterbox = await world.open({ intake: { reconcileSeconds: 1 } });
  await letterbox.start();
  const { destination, server } = await world.setUp(letterbox);
  const outgoing = await addOutgoing(world, letterbox);
  const { administration } = letterbox;
  await administration.notifications.update('notifications', {
    outgoingServerId: outgoing.id,
    addresses: [admin],
    destinationId: destination.id,
  });
  await until('it works', () => world.receiver.requests.length === 1);

  world.dovecot.killSessions();
  await world.dovecot.stop();
  const notifications = () =>
    world.receiver.requests
      .filter(({ body }) => JSON.parse(body).type === 'administrators.notified')
      .map(({ body, verified }) => ({ ...JSON.parse(body).data, verified }));
  await until('the webhook is told', () => notifications().length === 1);
  const [told] = notifications();
  assert.equal(told.verified, true);
  assert.match(told.raised[0].key, /^server\.failing srv_/);
  assert.ok(told.raised[0].remedy);
  assert.deepEqual(told.mended, []);

  await world.dovecot.restart();
  // Else the mailbox would come back in its own time.
  await administration.servers.resume(server.id);
  await until('it is mended', () => notifications().length === 2);
  assert.deepEqual(
    notifications()[1].mended.map(({ key }: { key: string }) => key),
    [told.raised[0].key],
  );
  // The mail waited in the outbox while the server was down.
  await until('both mails are there', async () => (await inbox(world, admin)).length === 2);
  const mails = await inbox(world, admin);
  assert.deepEqual(
    mails.map(({ subject }) => subject.startsWith('Letterbox: mended: Support: ')).toSorted(),
    [false, true],
  );
});

test('dead letters are told of, by the name of where they were to go', async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open({
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'], giveUpAfterHours: 0.001, firstRetrySeconds: 0.5 },
  });
  await letterbox.start();
  await world.setUp(letterbox);
  const outgoing = await addOutgoing(world, letterbox);
  await letterbox.administration.notifications.update('notifications', {
    outgoingServerId: outgoing.id,
    addresses: [admin],
  });
  world.receiver.answer(() => ({ status: 500 }));
  await world.dovecot.deliver(mailbox, makeMail(1));
  await until('a mail tells it', async () => (await inbox(world, admin)).length === 1);
  const [mail] = await inbox(world, admin);
  assert.equal(mail?.subject, 'Letterbox: Tickets: 1 delivery has failed for good');
});

test('that a destination was switched off by its answer is told of, once, and that it is on again', async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open();
  const { administration } = letterbox;
  await letterbox.start();
  const { destination } = await world.setUp(letterbox);
  const outgoing = await addOutgoing(world, letterbox);
  await administration.notifications.update('notifications', {
    outgoingServerId: outgoing.id,
    addresses: [admin],
    destinationId: destination.id,
  });
  world.receiver.answer(() => ({ status: 410 }));
  await world.dovecot.deliver(mailbox, makeMail(1));
  await until('a mail tells it', async () => (await inbox(world, admin)).length === 1);
  assert.equal(
    (await administration.destinations.get(destination.id)).endpoint.disabled?.code,
    'webhook.gone',
  );
  assert.equal((await administration.deliveries.counts()).dead, 0);

  world.receiver.answer(() => ({ status: 204 }));
  await administration.destinations.switchOn(destination.id);
  await until('what waited is delivered', async () =>
    (await administration.deliveries.list({ destinationId: destination.id })).items.every(
      ({ state }) => state === 'delivered',
    ),
  );
  await until('a mail tells that too', async () => (await inbox(world, admin)).length === 2);
  assert.deepEqual((await inbox(world, admin)).map(({ subject }) => subject).toSorted(), [
    'Letterbox: Tickets: The destination wants no more messages',
    'Letterbox: mended: Tickets: The destination wants no more messages',
  ]);
});

test('who is told must exist: each wrong field is named, and nothing is changed', async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open();
  const { notifications } = letterbox.administration;
  const fields = async (input: object) => {
    try {
      await notifications.update('notifications', input);
    } catch (error) {
      return (error as { fields?: { field: string }[] }).fields?.map(({ field }) => field);
    }
    return assert.fail('it was taken');
  };
  assert.deepEqual(await fields({ outgoingServerId: 'ogs_gone', addresses: [admin] }), ['outgoingServerId']);
  assert.deepEqual(await fields({ addresses: [admin] }), ['outgoingServerId']);
  assert.deepEqual(await fields({ addresses: ['admin'] }), ['addresses.0']);
  assert.deepEqual(await fields({ destinationId: 'dst_gone' }), ['destinationId']);
  const { outgoingServerId, addresses, destinationId, version } = await notifications.get('notifications');
  assert.deepEqual(
    { outgoingServerId, addresses, destinationId, version },
    {
      outgoingServerId: null,
      addresses: [],
      destinationId: null,
      version: 0,
    },
  );
});
