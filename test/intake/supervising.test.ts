import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionBroken } from '../../lab/scripted-mailbox.ts';
import { createServersAdministration } from '../../src/administration/servers.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, startTaking, subjects } from './taking.ts';

/** A message whose second half comes when it is let go. */
function slowMail(subject: string) {
  const bytes = mail(subject);
  const begun = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  async function* read() {
    yield bytes.subarray(0, 20);
    begun.resolve();
    await rest.promise;
    yield bytes.subarray(20);
  }
  return { bytes, read, begun: begun.promise, letGo: rest.resolve, breakOff: rest.reject };
}

/** As an administrator does it, with what the administration needs of the rest. */
function administrationOf({ store, supervisor }: Awaited<ReturnType<typeof startTaking>>) {
  const { servers } = collectionsOf(store);
  servers.onChange((before, after) => supervisor.changed(before, after));
  return createServersAdministration({
    servers,
    store,
    supervisor,
  });
}

test('a mailbox that is slow, hangs or fails holds no other', async (t) => {
  const { addServer, supervisor, store } = await startTaking(t);
  const slow = slowMail('slow');
  const [hanging, failing, good] = [
    await addServer({ id: 'srv_hanging', name: 'Hanging' }),
    await addServer({ id: 'srv_failing', name: 'Failing' }),
    await addServer({ id: 'srv_good', name: 'Good' }),
  ];
  hanging.mailbox.deliver(slow.bytes, slow);
  failing.mailbox.trouble.connecting = connectionBroken();
  await supervisor.start();
  await slow.begun;
  for (let n = 1; n <= 20; n++) {
    good.mailbox.deliver(mail(`${n}`));
    await until('it is stored', async () => (await store.messages.count()) === n, 10);
  }
  slow.letGo();
  await until('the slow one comes in too', async () => (await store.messages.count()) === 21);
});

test('a paused server is shown as such and not read; resumed, it goes on where it stopped', async (t) => {
  const world = await startTaking(t);
  const { addServer, supervisor, stored, condition, store, becomes } = world;
  const administration = administrationOf(world);
  const { server, mailbox } = await addServer();
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  await administration.pause(server.id);
  assert.equal((await condition())?.condition, 'paused');
  assert.equal(mailbox.openSources(), 0);
  mailbox.deliver(mail('two'));
  const readings = mailbox.readings.length;
  await supervisor.refreshProfile(server.profileId);
  assert.equal(mailbox.readings.length, readings, 'also not when its profile is connected');

  await administration.resume(server.id);
  await stored(2);
  await becomes('watching');
  assert.deepEqual(await subjects(store), ['one', 'two']);
  assert.equal((await store.deliveries.counts()).pending, 2);
});

test('a pause while a message is being read cuts it off; resumed, it comes in whole and once', async (t) => {
  const world = await startTaking(t);
  const { addServer, supervisor, stored, store } = world;
  const administration = administrationOf(world);
  const { server, mailbox } = await addServer();
  const slow = slowMail('slow');
  mailbox.deliver(mail('before'));
  mailbox.deliver(slow.bytes, slow);
  await supervisor.start();
  await slow.begun;
  const paused = administration.pause(server.id);
  slow.breakOff(connectionBroken());
  await paused;
  assert.deepEqual(await subjects(store), ['before'], 'what was whole is stored');
  mailbox.mend({ folder: 'INBOX', validity: '1', uid: '2' });
  await administration.resume(server.id);
  await stored(2);
  assert.deepEqual(await subjects(store), ['before', 'slow']);
});

test('a server that is removed while a message is being read leaves nothing behind', async (t) => {
  const world = await startTaking(t);
  const { addServer, supervisor, store, stored, condition } = world;
  const administration = administrationOf(world);
  const { server, mailbox } = await addServer({ afterIntake: { action: 'mark-read' } });
  const slow = slowMail('slow');
  mailbox.deliver(mail('before'));
  await supervisor.start();
  await stored(1);
  mailbox.deliver(slow.bytes, slow);
  await slow.begun;
  const removed = administration.remove(server.id);
  slow.letGo();
  await removed;
  assert.equal(mailbox.openSources(), 0);
  assert.equal(await store.messages.count(), 0);
  assert.deepEqual(await store.deliveries.counts(), { pending: 0, delivered: 0, dead: 0 });
  assert.deepEqual(await store.mailboxes.dueActions(server.id, new Date().toISOString(), 10), []);
  assert.equal(await condition(), undefined);
});

test('a server that is removed while a quarantined message is taken again leaves nothing behind', async (t) => {
  const world = await startTaking(t);
  const { addServer, supervisor, store, quarantine, becomes } = world;
  const { server, mailbox } = await addServer();
  const slow = slowMail('slow');
  const position = mailbox.deliver(slow.bytes, {
    unreadable: connectionBroken('no', 'message.unreadable', 'message'),
  });
  await supervisor.start();
  await becomes('watching');
  const [entry] = await quarantine.list();
  mailbox.mend(position, { refetch: slow.read });
  const taken = quarantine.process(entry?.id ?? '').catch((error: Error) => error);
  await slow.begun;
  const removed = administrationOf(world).remove(server.id);
  slow.letGo();
  await Promise.all([taken, removed]);
  assert.equal(await store.messages.count(), 0);
  assert.deepEqual(await quarantine.list(), []);
});

test('an edit takes hold at once, and its mailbox is read once at a time', async (t) => {
  const { addServer, supervisor, stored, store, becomes, events } = await startTaking(t);
  const { server, mailbox } = await addServer();
  await supervisor.start();
  await becomes('watching');
  const names = new Set<string>();
  events.on('message.stored', (event) => names.add(event.server));
  await Promise.all(
    ['A', 'B', 'C'].map(async (name) => {
      await put(store, 'server', { ...server, name });
      await supervisor.refresh(server.id);
    }),
  );
  assert.equal(mailbox.openSources(), 1);
  mailbox.deliver(mail('one'));
  await stored(1);
  assert.deepEqual([...names], ['C']);
});

test('one reading counts what it brought, and the loop goes on after it', async (t) => {
  const { addServer, supervisor, stored, becomes } = await startTaking(t);
  const { server, mailbox } = await addServer({ afterIntake: { action: 'mark-read' } });
  for (const subject of ['one', 'two']) mailbox.deliver(mail(subject));
  assert.deepEqual(await supervisor.syncOnce(server), {
    stored: 2,
    recognised: 0,
    waiting: 0,
    quarantined: 0,
  });
  assert.equal(mailbox.acted.length, 2);
  assert.equal(mailbox.openSources(), 0, 'nothing runs that was not started');
  await supervisor.start();
  await becomes('watching');
  mailbox.deliver(mail('three'));
  await stored(3);
  const counts = await supervisor.syncOnce(server);
  assert.equal(counts.stored, 0);
  mailbox.deliver(mail('four'));
  await stored(4);
});

test('one reading tells why it failed, and is stopped by an edit instead of holding it up', async (t) => {
  const { addServer, supervisor, stored, condition } = await startTaking(t);
  const { server, mailbox } = await addServer();
  mailbox.trouble.connecting = connectionBroken();
  await assert.rejects(supervisor.syncOnce(server), { code: 'imap.connection-lost' });
  assert.equal((await condition())?.condition, 'failing');

  mailbox.trouble.connecting = null;
  await supervisor.start();
  const slow = slowMail('slow');
  mailbox.deliver(mail('before'));
  await stored(1);
  const position = mailbox.deliver(slow.bytes, slow);
  const reading = supervisor.syncOnce(server);
  const second = supervisor.syncOnce(server);
  await slow.begun;
  const stopped = Promise.all(
    [reading, second].map((each) => assert.rejects(each, { code: 'intake.stopped' })),
  );
  const refreshed = supervisor.refresh(server.id);
  mailbox.mend(position);
  slow.breakOff(connectionBroken());
  await Promise.all([stopped, refreshed]);
  await stored(2);
});

test('a stop ends every loop and what was asked for, and nothing begins after it', {
  timeout: 30_000,
}, async (t) => {
  const { addServer, supervisor, becomes, store } = await startTaking(t);
  const servers = [
    await addServer({ id: 'srv_1', name: 'One', afterIntake: { action: 'mark-read' } }),
    await addServer({ id: 'srv_2', name: 'Two' }),
  ];
  for (const { mailbox } of servers) {
    mailbox.trouble.acting = 'hang';
    mailbox.deliver(mail('one'));
  }
  await supervisor.start();
  await becomes('watching', 'srv_1');
  await becomes('watching', 'srv_2');
  await supervisor.stop();
  assert.ok(servers.every(({ mailbox }) => mailbox.openSources() === 0));
  const readings = () => servers.map(({ mailbox }) => mailbox.readings.length);
  const before = readings();
  await supervisor.refreshProfile('prf_1');
  await supervisor.refresh('srv_2');
  const [, two] = servers;
  await assert.rejects(supervisor.syncOnce(two?.server as never), { code: 'intake.stopped' });
  assert.deepEqual(readings(), before);
  assert.equal(await store.messages.count(), 2);
});

test('a server whose source cannot be opened at all is shown as failing, and others are read', async (t) => {
  const { addServer, supervisor, becomes, store, condition } = await startTaking(t);
  const broken = await addServer({ id: 'srv_broken', name: 'Broken' });
  const good = await addServer({ id: 'srv_good', name: 'Good' });
  broken.mailbox.open = () => {
    throw new Error('no such thing');
  };
  good.mailbox.deliver(mail('one'));
  await supervisor.start();
  await becomes('watching', 'srv_good');
  assert.equal((await condition('srv_broken'))?.condition, 'failing');
  assert.equal(await store.messages.count(), 1);
});
