import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { AfterIntake } from '../../src/model/mail-server.ts';
import type { DueAction } from '../../src/model/message.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { put } from '../resources/fixtures.ts';
import {
  content,
  mailServer,
  openStore,
  readAll,
  receipt,
  sourceFacts,
  temporaryFolder,
} from './fixtures.ts';

test('a message, its position, the cursor and its deliveries become durable together', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const [received] = await store.messages.receive(server, [receipt(7, 'hello')]);
  assert.equal(received?.outcome, 'new');
  assert.equal(await store.mailboxes.cursor(server.id), 'up to 7');
  const message = await store.messages.get(received?.messageId ?? '');
  assert.equal(message?.subject, 'Printer on fire');
  assert.equal(message?.mailbox, 'support@contoso.example');
  assert.equal(
    String(await readAll(store.messages.raw(message?.id ?? ''))),
    'Message-ID: <hello@x>\r\n\r\nhello\r\n',
  );
  const { items } = await store.deliveries.list({ messageId: message?.id ?? '', limit: 10 });
  assert.deepEqual(
    items.map(({ target, state, threadId }) => [target.id, state, threadId]),
    [['dst_hook', 'pending', message?.threadId]],
  );
});

test('when any part of a batch cannot be written, nothing of it is', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const broken = receipt(2, 'two', { receivedAt: null as unknown as string });
  await assert.rejects(store.messages.receive(server, [receipt(1, 'one'), broken]));
  assert.equal(await store.messages.count(), 0);
  assert.equal(await store.mailboxes.cursor(server.id), null);
  assert.equal((await store.deliveries.counts()).pending, 0);
  assert.deepEqual(
    (await store.messages.receive(server, [receipt(1, 'one')])).map(({ outcome }) => outcome),
    ['new'],
  );
});

test('a position that was stored before is known: no second message, no second delivery', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const [first] = await store.messages.receive(server, [receipt(1, 'one')]);
  const [again, next] = await store.messages.receive(server, [receipt(1, 'one'), receipt(2, 'two')]);
  assert.deepEqual(again, { outcome: 'known', messageId: first?.messageId });
  assert.equal(next?.outcome, 'new');
  assert.equal(await store.messages.count(), 2);
  assert.equal((await store.deliveries.counts()).pending, 2);
});

test('after a UIDVALIDITY change every mail is recognised and none delivered again', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const before = await store.messages.receive(server, [receipt(1, 'one'), receipt(2, 'two')]);
  const renumbered = [receipt(1, 'two'), receipt(2, 'one'), receipt(3, 'three')].map((r) => ({
    ...r,
    position: { ...r.position, validity: '2' },
  }));
  const after = await store.messages.receive(server, renumbered);
  assert.deepEqual(
    after.map(({ outcome }) => outcome),
    ['recognised', 'recognised', 'new'],
  );
  assert.deepEqual([after[1]?.messageId, after[0]?.messageId], [before[0]?.messageId, before[1]?.messageId]);
  assert.equal((await store.deliveries.counts()).pending, 3);
});

test('equal alarms without a Message-ID are as many messages as there are, also after renumbering', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const alarm = (uid: number, validity: string) =>
    receipt(uid, 'alarm', {
      position: { folder: 'INBOX', validity, uid: String(uid) },
      content: content({ messageId: null }),
    });
  const outcomes = async (...receipts: ReturnType<typeof alarm>[]) =>
    (await store.messages.receive(server, receipts)).map(({ outcome }) => outcome);
  assert.deepEqual(await outcomes(alarm(1, '1'), alarm(2, '1')), ['new', 'new']);
  assert.deepEqual(await outcomes(alarm(3, '1')), ['new']);
  assert.deepEqual(await outcomes(alarm(1, '2'), alarm(2, '2')), ['recognised', 'recognised']);
  assert.deepEqual(await outcomes(alarm(3, '2'), alarm(4, '2')), ['recognised', 'new']);
  assert.equal(await store.messages.count(), 4);
});

test('the same mail in two mailboxes is two receipts', async (t) => {
  const store = await openStore(t);
  const [support, sales] = [mailServer(), mailServer({ id: 'srv_sales', name: 'Sales' })];
  for (const server of [support, sales]) await put(store, 'server', server);
  const [one] = await store.messages.receive(support, [receipt(1, 'both')]);
  const [two] = await store.messages.receive(sales, [receipt(1, 'both')]);
  assert.deepEqual([one?.outcome, two?.outcome], ['new', 'new']);
  assert.notEqual(one?.messageId, two?.messageId);
});

test('answers join the thread of what they answer, also when they come first', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const mail = (uid: number, id: string, references: string[]) =>
    receipt(uid, id, { content: content({ messageId: id, references, inReplyTo: references.slice(-1) }) });
  const received = await store.messages.receive(server, [
    mail(1, 'answer', ['question']),
    mail(2, 'other', []),
    mail(3, 'question', []),
  ]);
  const later = await store.messages.receive(server, [mail(4, 'thanks', ['question', 'answer'])]);
  const threads = await Promise.all(
    [...received, ...later].map(async ({ messageId }) => (await store.messages.get(messageId))?.threadId),
  );
  assert.equal(threads[2], threads[0]);
  assert.equal(threads[3], threads[0]);
  assert.notEqual(threads[1], threads[0]);
});

test('a source larger than memory should hold is spooled, and read back whole or in part', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const bytes = randomBytes(1_300_000);
  const writer = await store.messages.spool();
  for (let at = 0; at < bytes.length; at += 70_001) await writer.append(bytes.subarray(at, at + 70_001));
  await writer.finish();
  const [received] = await store.messages.receive(server, [
    receipt(1, 'big', { raw: { sourceId: writer.sourceId }, ...sourceFacts(bytes) }),
  ]);
  const id = received?.messageId ?? '';
  assert.ok((await readAll(store.messages.raw(id))).equals(bytes));
  assert.ok((await readAll(store.messages.raw(id, 262_143, 2))).equals(bytes.subarray(262_143, 262_145)));
  assert.ok(
    (await readAll(store.messages.raw(id, 600_000, 500_000))).equals(bytes.subarray(600_000, 1_100_000)),
  );
});

test('a spool left behind by a crash is swept at the next start, one that a message names is not', async (t) => {
  const folder = temporaryFolder(t);
  const store = await openSqliteStore(folder);
  const server = mailServer();
  await put(store, 'server', server);
  const kept = await store.messages.spool();
  await kept.append(Buffer.from('kept'));
  await kept.finish();
  const [received] = await store.messages.receive(server, [
    receipt(1, 'kept', { raw: { sourceId: kept.sourceId }, ...sourceFacts(Buffer.from('kept')) }),
  ]);
  const lost = await store.messages.spool();
  await lost.append(randomBytes(300_000));
  await store.close();
  const reopened = await openStore(t, folder);
  assert.equal(String(await readAll(reopened.messages.raw(received?.messageId ?? ''))), 'kept');
  const [other] = await reopened.messages.receive(server, [
    receipt(2, 'lost', { raw: { sourceId: lost.sourceId } }),
  ]);
  await assert.rejects(readAll(reopened.messages.raw(other?.messageId ?? '')), {
    code: 'message.source-expired',
  });
});

test('what is owed to the server is remembered until it is done', async (t) => {
  const store = await openStore(t);
  const server = mailServer({ afterIntake: { action: 'delete' } });
  await put(store, 'server', server);
  await store.messages.receive(server, [receipt(1, 'one'), receipt(2, 'two')]);
  const due = await store.mailboxes.dueActions(server.id, new Date().toISOString(), 10);
  assert.deepEqual(due.map(({ uid }) => uid).toSorted(), ['1', '2']);
  await store.mailboxes.actionsDone(server.id, { done: due.slice(0, 1), removed: due.slice(0, 1) });
  assert.equal((await store.mailboxes.dueActions(server.id, new Date().toISOString(), 10)).length, 1);
});

test('retention removes sources and delivered messages, and still knows them afterwards', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const [one, two] = await store.messages.receive(server, [receipt(1, 'one'), receipt(2, 'two')]);
  const { items } = await store.deliveries.list({ messageId: one?.messageId ?? '', limit: 1 });
  for (const delivery of items) await store.deliveries.settle({ ...delivery, state: 'delivered' });
  const future = new Date(Date.now() + 60_000).toISOString();
  assert.deepEqual(await store.messages.expire({ sourcesBefore: future, messagesBefore: null }), {
    sources: 1,
    messages: 0,
  });
  await assert.rejects(readAll(store.messages.raw(one?.messageId ?? '')), { code: 'message.source-expired' });
  assert.deepEqual(await store.messages.expire({ sourcesBefore: null, messagesBefore: future }), {
    sources: 0,
    messages: 1,
  });
  assert.equal(await store.messages.get(one?.messageId ?? ''), null);
  assert.ok(await store.messages.get(two?.messageId ?? ''), 'what is not delivered yet stays');
  const renumbered = { ...receipt(9, 'one'), position: { folder: 'INBOX', validity: '2', uid: '9' } };
  const [again] = await store.messages.receive(server, [renumbered]);
  assert.equal(again?.outcome, 'recognised');
});

test('a spool that a message names by now is not dropped, whoever asks for it', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const spool = await store.messages.spool();
  await spool.append(Buffer.from('kept'));
  await spool.finish();
  const [received] = await store.messages.receive(server, [
    receipt(1, 'kept', { raw: { sourceId: spool.sourceId }, ...sourceFacts(Buffer.from('kept')) }),
  ]);
  await spool.discard();
  assert.equal(String(await readAll(store.messages.raw(received?.messageId ?? ''))), 'kept');
});

test('what was waited for and turns out to be stored is waited for no more, although it cannot be read', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const problem = {
    code: 'message.unreadable',
    kind: 'message',
    title: 'Not given',
    remedy: 'None.',
  } as const;
  const quarantine = { ...problem, retry: 'no' } as const;
  await store.messages.receive(server, [receipt(1, 'one', { quarantine })]);
  const now = new Date().toISOString();
  const { position } = receipt(2, 'one');
  await store.quarantine.add(
    {
      ...{ id: 'qrn_waiting', serverId: server.id, position, receivedAt: null, messageId: null },
      ...{ problem: { ...problem, retry: 'later' }, quarantinedAt: now, state: 'waiting' },
      ...{ looks: 0, nextLookAt: now },
    },
    null,
  );
  const [received] = await store.messages.receive(server, [receipt(2, 'one', { quarantine })]);
  assert.equal(received?.outcome, 'recognised');
  const entries = await store.quarantine.list();
  assert.deepEqual(
    entries.map(({ messageId }) => messageId),
    [received?.messageId],
    'its bytes are still looked at by a person',
  );
});

test('what was done for a message is not noted for another one that has come into its place meanwhile', async (t) => {
  const store = await openStore(t);
  const server = mailServer({ afterIntake: { action: 'mark-read' } });
  await put(store, 'server', server);
  const due = () => store.mailboxes.dueActions(server.id, new Date().toISOString(), 10);
  await store.messages.receive(server, [receipt(1, 'one')]);
  const before = await due();
  await store.messages.receive(server, [receipt(1, 'another')]);
  const after = await due();
  assert.deepEqual([before.length, after.length], [1, 1]);
  await store.mailboxes.actionsRefused(server.id, [{ action: before[0] as DueAction, dueAt: '9999' }]);
  await store.mailboxes.actionsDone(server.id, { done: before, removed: [] });
  assert.deepEqual(await due(), after);
});

test('what is to be done at once is due whatever becomes of the clock; what is to be done after days is not', async (t) => {
  const store = await openStore(t);
  const due = async (afterIntake: AfterIntake, now: string) => {
    const id = `srv_${now}_${JSON.stringify(afterIntake)}`;
    const server = mailServer({ id, name: id, afterIntake });
    await put(store, 'server', server);
    await store.messages.receive(server, [receipt(1, 'one')]);
    return (await store.mailboxes.dueActions(id, now, 10)).length;
  };
  const setBack = '2000-01-01T00:00:00.000Z';
  assert.equal(await due({ action: 'mark-read' }, setBack), 1);
  assert.equal(await due({ action: 'delete' }, setBack), 1);
  assert.equal(await due({ action: 'delete', afterDays: 7 }, new Date().toISOString()), 0);
  const later = new Date(Date.now() + 8 * 24 * 60 * 60_000).toISOString();
  assert.equal(await due({ action: 'delete', afterDays: 7 }, later), 1);
});
