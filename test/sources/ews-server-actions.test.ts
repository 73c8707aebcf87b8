import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { AfterIntake } from '../../src/model/mail-server.ts';
import type { Position } from '../../src/model/message.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { type EwsWorld, fill, mail, mails, openSource, startEwsWorld } from './ews-world.ts';
import { problemOf, readNow } from './setting.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

async function positionsIn(source: MailSource): Promise<Position[]> {
  const { seen } = await readNow(source);
  return seen.map(({ uid }) => ({ folder: 'INBOX', validity: '', uid }));
}

/** A mailbox with so many mails and what is there of it: ids in the inbox, of those unread, and how many are in another folder. */
async function startMailbox(t: TestContext, address: string, count: number) {
  const mailbox = world.ews.mailbox(address);
  const done = mailbox.folderAt('Done', true);
  const ids = await fill(mailbox, mails(count));
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const inbox = () => [...(mailbox.folderAt('INBOX')?.items.values() ?? [])];
  return {
    mailbox,
    ids,
    source,
    present: () => inbox().map(({ id }) => id),
    unread: () => inbox().flatMap(({ id, isRead }) => (isRead ? [] : [id])),
    moved: () => done?.items.size,
  };
}

/** The action is done to all but the last, twice. */
async function doTwice(t: TestContext, address: string, action: AfterIntake, count = 4) {
  const started = await startMailbox(t, address, count);
  const positions = (await positionsIn(started.source)).slice(0, -1);
  await started.source.act(positions, action);
  await started.source.act(positions, action);
  return { ...started, last: started.ids.slice(-1) };
}

test('left alone, messages stay as they are, also unread', async (t) => {
  const { ids, unread } = await doTwice(t, 'leave@example.com', { action: 'leave' });
  assert.deepEqual(unread(), ids);
});

test('marked as read, once or twice, and no other message', async (t) => {
  const { ids, present, unread, last } = await doTwice(t, 'read@example.com', { action: 'mark-read' });
  assert.deepEqual([present(), unread()], [ids, last]);
});

test('moved to a folder, once or twice: each is there once, and no other', async (t) => {
  const action: AfterIntake = { action: 'move', folder: 'Done' };
  const { present, moved, last } = await doTwice(t, 'move@example.com', action, 131);
  assert.deepEqual([present(), moved()], [last, 130]);
});

test('deleted, once or twice, and no other message', async (t) => {
  const { present, last } = await doTwice(t, 'delete@example.com', { action: 'delete' });
  assert.deepEqual(present(), last);
});

test('nobody is told that a message was read: no read receipts', async (t) => {
  const { source, mailbox } = await startMailbox(t, 'receipts@example.com', 1);
  const positions = await positionsIn(source);
  await source.act(positions, { action: 'mark-read' });
  await source.act(positions, { action: 'delete' });
  assert.equal(mailbox.receipts(), 0);
});

test('positions of messages that are no more are no error, also those of another protocol', async (t) => {
  const { source, ids, present, unread } = await startMailbox(t, 'gone@example.com', 2);
  const other = await world.ews.mailbox('elsewhere@example.com').deliver(mail(1));
  const gone = [other, '4711', ''].map((uid) => ({ folder: 'INBOX', validity: '', uid }));
  for (const action of ['mark-read', 'delete'] as const) {
    const acted = await source.act(gone, { action });
    assert.deepEqual([acted.done.length, acted.removed], [3, []], 'they may lie elsewhere');
  }
  await source.act(gone, { action: 'move', folder: 'Done' });
  assert.deepEqual([present(), unread()], [ids, ids]);
});

test('a folder to move to that is missing is named, and nothing is lost', async (t) => {
  const { source, ids, present } = await startMailbox(t, 'missing@example.com', 2);
  const positions = await positionsIn(source);
  const problem = await problemOf(source.act(positions, { action: 'move', folder: 'Nowhere' }));
  assert.equal(problem.code, 'ews.folder-missing');
  assert.match(problem.detail ?? '', /Nowhere/);
  assert.deepEqual(present(), ids);
});

test('another program that changes a message at the same time is no obstacle', async (t) => {
  const { source, unread } = await startMailbox(t, 'overtaken@example.com', 2);
  const positions = await positionsIn(source);
  world.ews.faults.next({ kind: 'message', code: 'ErrorIrresolvableConflict' }, { operation: 'UpdateItem' });
  await source.act(positions, { action: 'mark-read' });
  assert.deepEqual(unread(), []);
});

test('one message that the server refuses to change stops no other, and the refusal is told', async (t) => {
  const { source, ids, present, mailbox } = await startMailbox(t, 'refused@example.com', 60);
  const positions = await positionsIn(source);
  mailbox.protect(ids[3] as string);
  const { done, removed, refused } = await source.act(positions, { action: 'delete' });
  assert.deepEqual([done.length, removed], [59, done]);
  assert.deepEqual(
    refused.map(({ position, problem }) => [position.uid, problem.code, problem.retry]),
    [[ids[3], 'ews.refused', 'later']],
  );
  assert.deepEqual(present(), [ids[3]]);
});

test('the consumer may act on each message while it reads on, also large ones', async (t) => {
  const address = 'both@example.com';
  const mailbox = world.ews.mailbox(address);
  const sent = Array.from({ length: 20 }, (_, i) =>
    mail(i + 1, 'x'.repeat(i % 7 === 6 ? 1_500_000 : 20_000)),
  );
  await fill(mailbox, sent);
  const source = openSource(t, world.server(address), world.personalTokens(address));
  let count = 0;
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    for await (const _ of event.raw);
    await source.act([event.position], { action: 'delete' });
    count++;
  }
  assert.deepEqual([count, mailbox.folderAt('INBOX')?.items.size], [20, 0]);
});
