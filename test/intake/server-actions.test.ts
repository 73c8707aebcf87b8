import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptedMailbox } from '../../lab/scripted-mailbox.ts';
import { connectionBroken } from '../../lab/scripted-mailbox.ts';
import type { Store } from '../../src/store/store.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, startTaking } from './taking.ts';

const markRead = { afterIntake: { action: 'mark-read' } } as const;

const uids = ({ acted }: ScriptedMailbox) => acted.map(({ position }) => position.uid);

const nothingOwed = (store: Store) =>
  until(
    'nothing is owed',
    async () => (await store.mailboxes.dueActions('srv_support', new Date().toISOString(), 10)).length === 0,
  );

test('what is stored is acted on once, in the way that is configured', async (t) => {
  const { addServer, supervisor, store, stored } = await startTaking(t);
  const { mailbox } = await addServer({ afterIntake: { action: 'move', folder: 'Taken' } });
  for (let n = 0; n < 3; n++) mailbox.deliver(mail(`${n}`));
  await supervisor.start();
  await stored(3);
  mailbox.deliver(mail('3'));
  await stored(4);
  await until('all are', () => mailbox.acted.length === 4);
  await nothingOwed(store);
  assert.deepEqual(uids(mailbox).toSorted(), ['1', '2', '3', '4']);
  for (const { action } of mailbox.acted) assert.deepEqual(action, { action: 'move', folder: 'Taken' });
});

test('nothing is acted on before it is durable', async (t) => {
  const order: string[] = [];
  const { addServer, supervisor } = await startTaking(t, {
    seen: (store) => ({
      ...store,
      messages: {
        ...store.messages,
        async receive(server, receipts) {
          const received = await store.messages.receive(server, receipts);
          order.push(...receipts.map(({ position }) => `stored ${position.uid}`));
          return received;
        },
      },
      mailboxes: {
        ...store.mailboxes,
        async actionsDone(serverId, acted) {
          order.push(...acted.done.map(({ uid }) => `acknowledged ${uid}`));
          await store.mailboxes.actionsDone(serverId, acted);
        },
      },
    }),
  });
  const { mailbox } = await addServer(markRead);
  await supervisor.start();
  for (let n = 1; n <= 10; n++) {
    mailbox.deliver(mail(`${n}`));
    await until('it is acted on', () => order.includes(`acknowledged ${n}`));
    assert.ok(order.indexOf(`stored ${n}`) < order.indexOf(`acknowledged ${n}`));
  }
  assert.deepEqual(uids(mailbox), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
});

test('what fails is repeated until it is done, and nothing is stored or delivered again for it', async (t) => {
  const { addServer, supervisor, store, stored, condition, told } = await startTaking(t);
  const { mailbox } = await addServer(markRead);
  mailbox.trouble.acting = connectionBroken('later', 'imap.refused', 'refused');
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  const problem = async () => (await condition())?.problem?.code;
  await until('it is shown', async () => (await problem()) === 'imap.refused');
  const tries = () => told.filter(({ msg }) => msg.includes('still owed'));
  await until('it was tried some times', () => tries().length >= 4);
  assert.equal(tries().filter(({ level }) => level === 'warn').length, 1, 'told once, not at every retry');
  mailbox.trouble.acting = null;
  await nothingOwed(store);
  assert.deepEqual(uids(mailbox), ['1']);
  await until('the problem is gone', async () => (await problem()) === undefined);
  assert.equal(await store.messages.count(), 1);
  assert.equal((await store.deliveries.counts()).pending, 1);
});

test('what was owed when the process ended is done after the next start, without any new mail', async (t) => {
  const { addServer, supervisor, createSupervising, store, stored } = await startTaking(t);
  const { mailbox } = await addServer(markRead);
  mailbox.trouble.acting = 'hang';
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  await supervisor.stop();
  assert.deepEqual(uids(mailbox), []);
  mailbox.trouble.acting = null;
  await createSupervising().start();
  await nothingOwed(store);
  assert.deepEqual(uids(mailbox), ['1']);
  assert.equal(await store.messages.count(), 1);
});

test('done on the server but not written down, it is done again, which changes nothing there', async (t) => {
  let failures = 2;
  const { addServer, supervisor, store, stored } = await startTaking(t, {
    seen: (store) => ({
      ...store,
      mailboxes: {
        ...store.mailboxes,
        async actionsDone(serverId, acted) {
          if (failures-- > 0) throw connectionBroken('later', 'store.full', 'full');
          await store.mailboxes.actionsDone(serverId, acted);
        },
      },
    }),
  });
  const { mailbox } = await addServer(markRead);
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  await nothingOwed(store);
  assert.deepEqual(uids(mailbox), ['1', '1', '1']);
  assert.equal((await store.deliveries.counts()).pending, 1);
});

test('a mail server that never answers an action does not stop the reading, and holds up no end', {
  timeout: 30_000,
}, async (t) => {
  const { addServer, supervisor, stored, becomes, store, condition } = await startTaking(t);
  const { server, mailbox } = await addServer(markRead);
  mailbox.trouble.acting = 'hang';
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  mailbox.deliver(mail('two'));
  await stored(2);
  await becomes('watching');
  await put(store, 'server', { ...server, paused: true });
  await supervisor.refresh(server.id);
  assert.equal((await condition())?.condition, 'paused');
  assert.equal(mailbox.openSources(), 0);
});

test('the time that a mail server asks for is kept for actions too', async (t) => {
  const { addServer, supervisor, store, stored, told } = await startTaking(t);
  const { mailbox } = await addServer(markRead);
  const named = Date.now() + 600;
  mailbox.trouble.acting = connectionBroken(new Date(named), 'imap.throttled', 'throttled');
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  await until('it was tried', () => told.some(({ problem }) => problem === 'imap.throttled'));
  mailbox.trouble.acting = null;
  await nothingOwed(store);
  assert.ok(Date.now() >= named);
});

test('with `leave` nothing is done on the server', async (t) => {
  const { addServer, supervisor, stored, becomes, store } = await startTaking(t);
  const { mailbox } = await addServer({ afterIntake: { action: 'leave' } });
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await stored(1);
  await becomes('watching');
  await supervisor.stop();
  assert.deepEqual(mailbox.acted, []);
  assert.deepEqual(await store.mailboxes.dueActions('srv_support', new Date().toISOString(), 10), []);
});
