import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionBroken } from '../../lab/scripted-mailbox.ts';
import { followMessageLimit } from '../../src/intake/message-limit.ts';
import type { AfterIntake } from '../../src/model/mail-server.ts';
import type { Position } from '../../src/model/message.ts';
import { Problem, type ProblemKind } from '../../src/model/problem.ts';
import type { Store } from '../../src/store/store.ts';
import { until } from '../until.ts';
import { mail, startTaking, subjects } from './taking.ts';

function problem(code: string, retry: Problem['retry'] = 'later', kind: ProblemKind = 'message'): Problem {
  return new Problem({ code, kind, title: 'The server does not give this message', remedy: 'None.', retry });
}

const notGiven = problem('message.unreadable');
const tooLarge = problem('message.too-large', 'no');

/** Entries are looked at again after ever so long. */
const never = () => 60 * 60_000;

async function entryOf(store: Store) {
  const [entry, ...others] = await store.quarantine.list();
  assert.ok(entry);
  assert.deepEqual(others, []);
  return entry;
}

const looksReach = (store: Store, looks: number) =>
  until(`it was asked for ${looks} times`, async () => (await entryOf(store)).looks >= looks);

const noEntry = (store: Store) =>
  until('nothing waits', async () => (await store.quarantine.list()).length === 0);

/** A store that notes which entries were looked at in vain. */
const notingLooks = (looked: string[]) => (store: Store) => ({
  ...store,
  quarantine: {
    ...store.quarantine,
    async setLook(...[id, look]: Parameters<Store['quarantine']['setLook']>) {
      looked.push(id);
      await store.quarantine.setLook(id, look);
    },
  },
});

const isKnown = async (store: Store, { uid, ...place }: Position) =>
  (await store.messages.known('srv_support', place, [uid])).has(uid);

test('a message that its server does not give waits where everybody sees it, and others come in', async (t) => {
  const { addServer, supervisor, store, stored, becomes, events } = await startTaking(t, {
    lookDelay: never,
  });
  const told: string[] = [];
  events.on('message.quarantined', ({ problem }) => told.push(problem.code));
  const { mailbox } = await addServer();
  mailbox.deliver(mail('one'));
  const position = mailbox.deliver(mail('late'), { unreadable: notGiven });
  mailbox.deliver(mail('two'));
  await supervisor.start();
  await stored(2);
  await becomes('watching');
  const entry = await entryOf(store);
  assert.deepEqual(
    [entry.state, entry.position, entry.problem.code, entry.looks],
    ['waiting', position, notGiven.code, 0],
  );
  assert.deepEqual(told, [], 'it is not in quarantine yet');
  assert.deepEqual(await subjects(store), ['one', 'two']);
});

test('what waits outlives a restart, and is stored once as soon as its server gives it', async (t) => {
  const { addServer, supervisor, createSupervising, store, becomes } = await startTaking(t);
  const { mailbox } = await addServer();
  const position = mailbox.deliver(mail('late'), { unreadable: notGiven });
  await supervisor.start();
  await becomes('watching');
  await looksReach(store, 1);
  await supervisor.stop();
  assert.deepEqual((await entryOf(store)).position, position);
  mailbox.mend(position);
  const again = createSupervising();
  await again.start();
  await noEntry(store);
  assert.deepEqual(await subjects(store), ['late']);
  assert.equal((await store.deliveries.counts()).pending, 1);
});

test('it is in quarantine after six looks in vain, which is told once, and is asked for all the same', async (t) => {
  const { addServer, supervisor, store, stored, events } = await startTaking(t);
  const told: number[] = [];
  const { mailbox } = await addServer();
  const states = new Map<number, string>();
  events.on('message.quarantined', () => told.push(1));
  const position = mailbox.deliver(mail('late'), { unreadable: notGiven });
  await supervisor.start();
  await until('it was asked for eight times', async () => {
    const [entry] = await store.quarantine.list();
    if (entry) states.set(entry.looks, entry.state);
    return (entry?.looks ?? 0) >= 8;
  });
  for (const [looks, state] of states) assert.equal(state, looks < 6 ? 'waiting' : 'quarantined', `${looks}`);
  assert.equal(told.length, 1);
  mailbox.mend(position);
  await stored(1);
  await noEntry(store);
});

test('a look while the mailbox fails counts nothing', async (t) => {
  const { addServer, supervisor, store, becomes } = await startTaking(t, {
    retryDelay: { first: 5, cap: 20 },
  });
  const { mailbox } = await addServer();
  const position = mailbox.deliver(mail('late'), { unreadable: notGiven });
  await supervisor.start();
  await becomes('watching');
  mailbox.trouble.connecting = connectionBroken();
  mailbox.breakOff(connectionBroken());
  await becomes('failing');
  const settled = mailbox.readings.length + 2;
  await until('it was tried again', () => mailbox.readings.length >= settled);
  const { looks } = await entryOf(store);
  await until('it was tried often', () => mailbox.readings.length >= settled + 10);
  assert.equal((await entryOf(store)).looks, looks);
  mailbox.mend(position);
  mailbox.trouble.connecting = null;
  await noEntry(store);
});

test('nor does one that finds no server, although nobody has noticed that yet', async (t) => {
  const { addServer, supervisor, store, becomes } = await startTaking(t);
  const { mailbox } = await addServer();
  await supervisor.start();
  await becomes('watching');
  mailbox.trouble.connecting = connectionBroken();
  mailbox.deliver(mail('late'), { unreadable: connectionBroken() });
  await until('it waits', async () => (await store.quarantine.list()).length === 1);
  const due = new Set<string | null>();
  await until('it was asked for time and again', async () => {
    due.add((await entryOf(store)).nextLookAt);
    return due.size > 10;
  });
  assert.deepEqual([(await entryOf(store)).looks, (await entryOf(store)).state], [0, 'waiting']);
  mailbox.trouble.connecting = null;
  await looksReach(store, 6);
  assert.equal((await entryOf(store)).state, 'quarantined', 'with a server that answers it is the message');
});

test('what a person asks for before it is due counts nothing where it is in vain', async (t) => {
  const { addServer, supervisor, store } = await startTaking(t, { lookDelay: never });
  const { server, mailbox } = await addServer();
  const position = mailbox.deliver(mail('late'), { unreadable: notGiven });
  for (let n = 0; n < 8; n++) await supervisor.syncOnce(server);
  assert.deepEqual([(await entryOf(store)).looks, (await entryOf(store)).state], [0, 'waiting']);
  mailbox.remove(position);
  for (let n = 0; n < 4; n++) await supervisor.syncOnce(server);
  assert.equal((await entryOf(store)).looks, 0);
});

test('gone is what the mailbox says to be gone three times in a row', async (t) => {
  const looked: string[] = [];
  const { addServer, supervisor, store, becomes } = await startTaking(t, { seen: notingLooks(looked) });
  const { mailbox } = await addServer();
  const position = mailbox.deliver(mail('late'), { unreadable: notGiven });
  await supervisor.start();
  await becomes('watching');
  await looksReach(store, 4);
  mailbox.remove(position);
  looked.length = 0;
  await noEntry(store);
  assert.ok(looked.length >= 2, 'after many looks in vain neither the first nor the second word ends it');
  assert.equal(await store.messages.count(), 0);
  assert.equal(await isKnown(store, position), false);
});

test('what a person has dismissed stays known, and does not come again when the folder is read anew', async (t) => {
  const { addServer, supervisor, quarantine, store, becomes } = await startTaking(t, { lookDelay: never });
  const { server, mailbox } = await addServer();
  const position = mailbox.deliver(mail('late'), { unreadable: notGiven });
  await supervisor.start();
  await becomes('watching');
  await quarantine.dismiss((await entryOf(store)).id);
  assert.equal(await isKnown(store, position), true);
  await store.mailboxes.setCursor(server.id, '0');
  assert.equal((await supervisor.syncOnce(server)).waiting, 0);
  assert.deepEqual(await store.quarantine.list(), []);
  assert.equal(await store.messages.count(), 0);
});

test('one that is too large is asked for again when the limit was raised, and not before', async (t) => {
  const looked: string[] = [];
  const { addServer, supervisor, createSupervising, store, stored, becomes } = await startTaking(t, {
    seen: notingLooks(looked),
  });
  const { server, mailbox } = await addServer();
  await followMessageLimit(store, 1000);
  const position = mailbox.deliver(mail('large'), { unreadable: tooLarge });
  await supervisor.start();
  await becomes('watching');
  for (const limit of [1000, 500]) {
    await followMessageLimit(store, limit);
    await supervisor.syncOnce(server);
    const { state, nextLookAt } = await entryOf(store);
    assert.deepEqual([state, nextLookAt], ['quarantined', null]);
  }
  assert.deepEqual(looked, [], 'it is never asked for by itself');
  await supervisor.stop();
  await followMessageLimit(store, 600);
  const stillTooLarge = createSupervising();
  await stillTooLarge.start();
  await until('it was asked for', () => looked.length === 1);
  await until('it is left alone', async () => (await entryOf(store)).nextLookAt === null);
  await stillTooLarge.stop();
  mailbox.mend(position);
  await followMessageLimit(store, 2000);
  await createSupervising().start();
  await stored(1);
  await noEntry(store);
});

const actions: AfterIntake[] = [
  { action: 'mark-read' },
  { action: 'move', folder: 'Taken' },
  { action: 'delete' },
];
for (const afterIntake of actions)
  test(`${afterIntake.action} that is refused for one message stops no other, is shown, and done later`, async (t) => {
    const { addServer, supervisor, stored, condition } = await startTaking(t);
    const { mailbox } = await addServer({ afterIntake });
    const refused = problem('imap.refused', 'later', 'refused');
    mailbox.trouble.refusing.set('2', refused);
    for (const subject of ['1', '2', '3']) mailbox.deliver(mail(subject));
    await supervisor.start();
    await stored(3);
    const acted = () => mailbox.acted.map(({ position }) => position.uid).toSorted();
    const shown = async () => (await condition())?.problem?.code;
    await until('it is shown', async () => (await shown()) === 'mailbox.action-refused');
    assert.deepEqual(acted(), ['1', '3']);
    assert.equal((await condition())?.condition, 'watching', 'the mailbox is read all the same');
    mailbox.deliver(mail('4'));
    await until('others are done', () => acted().includes('4'));
    mailbox.trouble.refusing.clear();
    await until('it is done', () => acted().length === 4);
    await until('nothing is shown any more', async () => (await shown()) === undefined);
    assert.deepEqual(acted(), ['1', '2', '3', '4']);
  });
