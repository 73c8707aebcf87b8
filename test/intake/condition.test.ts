import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionBroken } from '../../lab/scripted-mailbox.ts';
import { Problem } from '../../src/model/problem.ts';
import { until } from '../until.ts';
import { mail, startTaking } from './taking.ts';

test('a mailbox is shown as synchronising while it reads what there is, and as watching once it has caught up', async (t) => {
  const { addServer, supervisor, states, becomes, condition, stored } = await startTaking(t);
  const { mailbox } = await addServer();
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await becomes('watching');
  assert.deepEqual(
    states.map((state) => state.condition),
    ['synchronising', 'watching'],
  );
  const { lastContactAt, lastMessageAt, problem, retryAt } = (await condition()) ?? {};
  assert.ok(lastContactAt && lastMessageAt);
  assert.deepEqual([problem, retryAt], [null, null]);
  mailbox.deliver(mail('two'));
  await stored(2);
  await until('the later instant is kept', async () => (await condition())?.lastMessageAt !== lastMessageAt);
});

test('a mailbox that cannot be read is failing at once, with the problem and when it is tried again', async (t) => {
  const { addServer, supervisor, becomes, condition, states } = await startTaking(t, {
    retryDelay: { first: 60_000, cap: 60_000 },
  });
  const { mailbox } = await addServer();
  mailbox.trouble.connecting = connectionBroken();
  await supervisor.start();
  await becomes('failing');
  const { problem, retryAt } = (await condition()) ?? {};
  assert.equal(problem?.code, 'imap.connection-lost');
  assert.ok(problem?.remedy);
  assert.ok(Date.parse(retryAt ?? '') > Date.now());
  assert.equal(mailbox.readings.length, 1);
  assert.deepEqual(
    states.map((state) => state.condition),
    ['synchronising', 'failing'],
  );
});

test('while it fails it stays shown as failing, also during each new try, and since when', async (t) => {
  const { addServer, supervisor, states, condition, becomes, told } = await startTaking(t);
  const { mailbox } = await addServer();
  await supervisor.start();
  await becomes('watching');
  mailbox.trouble.connecting = connectionBroken();
  mailbox.breakOff(connectionBroken());
  await becomes('failing');
  const since = (await condition())?.since;
  await until('it was tried again some times', () => mailbox.readings.length >= 5);
  const shown = states.slice(states.findIndex((state) => state.condition === 'failing'));
  assert.deepEqual(new Set(shown.map((state) => state.condition)), new Set(['failing']));
  assert.deepEqual(new Set(shown.map((state) => state.since)), new Set([since]));
  assert.ok(shown.every(({ problem }) => problem !== null));

  mailbox.trouble.connecting = null;
  await becomes('watching');
  assert.equal((await condition())?.problem, null);
  assert.ok(told.some(({ msg }) => msg === 'the mailbox is read again'));
});

test('the same trouble is told once, not at every retry, and with the name of the mailbox', async (t) => {
  const { addServer, supervisor, told } = await startTaking(t);
  const { mailbox } = await addServer();
  mailbox.trouble.connecting = connectionBroken();
  await supervisor.start();
  await until('it was tried some times', () => mailbox.readings.length >= 4);
  const warnings = () => told.filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warnings().map(({ problem, server }) => [problem, server]),
    [['imap.connection-lost', 'Support']],
  );

  mailbox.trouble.connecting = connectionBroken('later', 'imap.throttled', 'throttled');
  await until('the other trouble is told', () => warnings().length === 2);
});

test('what nobody expected is told with its error in the log, and without its words to a person', async (t) => {
  const { addServer, supervisor, told, becomes, condition } = await startTaking(t);
  const { mailbox } = await addServer();
  mailbox.trouble.connecting = new TypeError('secret words') as unknown as Problem;
  await supervisor.start();
  await becomes('failing');
  assert.equal((await condition())?.problem?.code, 'internal');
  assert.ok(!JSON.stringify(await condition()).includes('secret words'));
  assert.ok(
    told.some(({ level, ...rest }) => level === 'error' && JSON.stringify(rest).includes('TypeError')),
  );
});

test('an action on the server that fails is shown beside the reading, and neither hides the other', async (t) => {
  const { addServer, supervisor, condition, stored, becomes } = await startTaking(t);
  const { mailbox } = await addServer({ afterIntake: { action: 'move', folder: 'Taken' } });
  const missing = new Problem({
    code: 'imap.folder-missing',
    kind: 'folder',
    title: 'There is no such folder',
    remedy: 'Make it.',
    retry: 'later',
  });
  mailbox.trouble.acting = missing;
  mailbox.deliver(mail('one'));
  await supervisor.start();
  const problem = async () => (await condition())?.problem?.code;
  await until('it is shown', async () => (await problem()) === missing.code);
  mailbox.deliver(mail('two'));
  await stored(2);
  await becomes('watching');
  assert.equal(await problem(), missing.code, 'a good reading does not hide it');

  mailbox.trouble.connecting = connectionBroken('no');
  mailbox.breakOff(connectionBroken('no'));
  await becomes('failing');
  assert.equal(await problem(), 'imap.connection-lost', 'what stops the reading comes first');
  mailbox.trouble.acting = null;
  await until('all are moved', () => mailbox.acted.length === 2);
  assert.equal(await problem(), 'imap.connection-lost', 'a good action does not hide why it cannot be read');
  mailbox.trouble.connecting = null;
  await supervisor.refreshProfile('prf_1');
  await becomes('watching');
  assert.equal(await problem(), undefined);
});

test('a store that cannot be asked for the state of before keeps no mailbox from being read', async (t) => {
  let failures = 0;
  const { addServer, supervisor, stored, becomes, condition, store, states } = await startTaking(t, {
    seen: (store) => ({
      ...store,
      mailboxes: {
        ...store.mailboxes,
        state: async (id: string) => {
          if (failures++ < 3)
            throw new Problem({
              code: 'store.unwritable',
              kind: 'machine',
              title: 'No',
              remedy: 'None.',
              retry: 'later',
            });
          return store.mailboxes.state(id);
        },
      },
    }),
  });
  const { server, mailbox } = await addServer();
  const before = '2026-11-01T08:00:00.000Z';
  await store.mailboxes.setState({
    serverId: server.id,
    condition: 'failing',
    problem: null,
    since: before,
    lastContactAt: before,
    lastMessageAt: before,
    retryAt: null,
  });
  await supervisor.start();
  await until('it has caught up', () => states.some((state) => state.condition === 'watching'));
  assert.equal((await condition())?.lastMessageAt, before);
  for (let n = 1; n <= 4; n++) {
    mailbox.breakOff(connectionBroken());
    mailbox.deliver(mail(`${n}`));
    await stored(n);
  }
  await becomes('watching');
  assert.notEqual((await condition())?.lastMessageAt, before);
});

test('a restart does not forget when mail last came', async (t) => {
  const { addServer, supervisor, createSupervising, becomes, condition, states } = await startTaking(t);
  const { mailbox } = await addServer();
  mailbox.deliver(mail('one'));
  await supervisor.start();
  await becomes('watching');
  const before = await condition();
  await supervisor.stop();
  states.length = 0;
  await createSupervising().start();
  await until('it is read again', () => states.some((state) => state.condition === 'watching'));
  assert.ok(states.every(({ lastMessageAt }) => lastMessageAt === before?.lastMessageAt));
  assert.ok(before?.lastMessageAt);
});
