import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { put } from '../resources/fixtures.ts';
import { content, mailServer, openStore, receipt, temporaryFolder } from './fixtures.ts';

const soon = () => new Date(Date.now() + 1_000).toISOString();
const later = () => new Date(Date.now() + 60_000).toISOString();

async function storeWith(t: Parameters<typeof openStore>[0], mails: [id: string, references: string[]][]) {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const received = await store.messages.receive(
    server,
    mails.map(([id, references], i) =>
      receipt(i + 1, id, { content: content({ messageId: id, references }) }),
    ),
  );
  return { store, ids: received.map(({ messageId }) => messageId) };
}

test('within a thread the next delivery waits until the one before is settled', async (t) => {
  const { store, ids } = await storeWith(t, [
    ['question', []],
    ['answer', ['question']],
    ['other', []],
  ]);
  const first = await store.deliveries.claim('dst_hook', soon(), later(), 10);
  assert.deepEqual(
    first.map(({ item }) => item.id),
    [ids[0], ids[2]],
  );
  const [question] = first;
  assert.ok(question);
  await store.deliveries.settle({ ...question, attempts: 1, nextAttemptAt: later() });
  assert.deepEqual(await store.deliveries.claim('dst_hook', soon(), later(), 10), []);
  assert.equal(
    await store.deliveries.nextDue('dst_hook'),
    (await store.deliveries.get(question.id))?.nextAttemptAt,
  );
  await store.deliveries.settle({ ...question, state: 'dead' });
  const next = await store.deliveries.claim('dst_hook', soon(), later(), 10);
  assert.deepEqual(
    next.map(({ item }) => item.id),
    [ids[1]],
  );
});

test('a claim is exclusive while its lease runs, and can be given back', async (t) => {
  const { store } = await storeWith(t, [['one', []]]);
  const [claimed] = await store.deliveries.claim('dst_hook', soon(), later(), 10);
  assert.ok(claimed);
  assert.deepEqual(await store.deliveries.claim('dst_hook', soon(), later(), 10), []);
  await store.deliveries.releaseAll();
  assert.equal((await store.deliveries.claim('dst_hook', soon(), soon(), 10)).length, 1);
  const afterLease = new Date(Date.now() + 5_000).toISOString();
  assert.equal((await store.deliveries.claim('dst_hook', afterLease, later(), 10)).length, 1);
});

test('replay makes dead letters pending again, to be sent under another id: one, many, all of a destination', async (t) => {
  const { store } = await storeWith(t, [
    ['one', []],
    ['two', []],
    ['three', []],
  ]);
  const claimed = await store.deliveries.claim('dst_hook', soon(), later(), 10);
  for (const delivery of claimed) await store.deliveries.settle({ ...delivery, state: 'dead', attempts: 9 });
  assert.deepEqual(await store.deliveries.counts(), { pending: 0, delivered: 0, dead: 3 });
  assert.equal(await store.deliveries.replay({ ids: [claimed[0]?.id ?? ''] }), 1);
  assert.equal(await store.deliveries.replay({ state: 'dead', destinationId: 'dst_other' }), 0);
  assert.equal(await store.deliveries.replay({ state: 'dead' }), 2);
  const again = await store.deliveries.claim('dst_hook', later(), later(), 10);
  assert.deepEqual(again.map(({ id }) => id).toSorted(), claimed.map(({ id }) => id).toSorted());
  assert.deepEqual(new Set(again.map(({ attempts }) => attempts)), new Set([0]));
  assert.equal(new Set(again.flatMap(({ id, replayId }) => [id, replayId])).size, 6);
});

test('a message goes to a destination once, whatever asks for it again', async (t) => {
  const { store } = await storeWith(t, [['one', []]]);
  await store.messages.receive(mailServer(), [receipt(1, 'one')]);
  assert.equal((await store.deliveries.counts()).pending, 1);
});

test('ids of deliveries follow from where mail was first found: a restored back-up has the same, equal mails have different ones', async (t) => {
  const folder = temporaryFolder(t);
  const backUp = temporaryFolder(t);
  await (await openSqliteStore(folder)).close();
  cpSync(folder, backUp, { recursive: true });

  const sales = mailServer({ id: 'srv_sales', name: 'Sales' });
  const idsIn = async (at: string) => {
    const store = await openSqliteStore(at);
    for (const server of [mailServer(), sales]) await put(store, 'server', server);
    const alarm = { content: content({ messageId: null }) };
    const alarms = [1, 2, 3].map((uid) => receipt(uid, 'the same alarm', alarm));
    for (const alarm of alarms) alarm.destinationIds = ['dst_hook', 'dst_other'];
    await store.messages.receive(mailServer(), alarms);
    await store.messages.receive(sales, [receipt(1, 'the same alarm', alarm)]);
    const { items } = await store.deliveries.list({ limit: 100 });
    await store.close();
    return items.map(({ id }) => id);
  };
  const before = await idsIn(folder);
  assert.equal(new Set(before).size, before.length);
  assert.ok(before.length >= 7 && before.every((id) => /^dlv_[0-9a-z]{26}$/.test(id)));
  assert.deepEqual(await idsIn(backUp), before);
  const others = await idsIn(temporaryFolder(t));
  assert.ok(
    others.every((id) => !before.includes(id)),
    'and nobody can tell mailboxes by ids',
  );
});
