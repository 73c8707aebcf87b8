import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AfterIntake } from '../../src/model/mail-server.ts';
import type { Position } from '../../src/model/message.ts';
import type { Problem } from '../../src/model/problem.ts';
import { mail, mails } from './dovecot-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';
import { problemOf, sha256 } from './setting.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
after(() => world.stop());

const at = (uid: string, folder = 'INBOX'): Position => ({ folder, validity: '', uid });

async function positionsOf(address: string, count: number): Promise<Position[]> {
  const positions: Position[] = [];
  for (const bytes of mails(count))
    positions.push(at((await world.graph.deliver(address, bytes)).immutableId));
  return positions;
}

/** Four messages, and the action done on the first three of them, twice. */
async function doTwice(t: import('node:test').TestContext, address: string, action: AfterIntake) {
  world.graph.mailbox(address).makeFolder('Done');
  const positions = await positionsOf(address, 4);
  const source = world.source(t, address);
  await source.act(positions.slice(0, 3), action);
  await source.act(positions.slice(0, 3), action);
}

function checksumsIn(address: string, folder: string): string[] {
  const mailbox = world.graph.mailbox(address);
  const found = mailbox.folder(folder) ?? mailbox.makeFolder(folder);
  return [...found.messages.values()].map(({ source }) => sha256(source as Buffer)).toSorted();
}

const all = mails(4).map(sha256).toSorted();
const firstThree = mails(3).map(sha256).toSorted();
const lastOne = [sha256(mail(4))];

test('left alone, messages stay as they are, and nobody is asked', async (t) => {
  const { length } = world.graph.requests;
  await doTwice(t, 'leave@example.com', { action: 'leave' });
  assert.deepEqual(checksumsIn('leave@example.com', 'inbox'), all);
  assert.equal(world.graph.requests.length, length);
});

test('marked as read, once or twice, and no other message', async (t) => {
  const address = 'read@example.com';
  await doTwice(t, address, { action: 'mark-read' });
  const unread = world.graph
    .mailbox(address)
    .messages()
    .filter(({ isRead }) => !isRead);
  assert.deepEqual(
    unread.map(({ source }) => sha256(source as Buffer)),
    lastOne,
  );
});

test('moved to a folder, once or twice: each is there once, and no other', async (t) => {
  await doTwice(t, 'move@example.com', { action: 'move', folder: 'Done' });
  assert.deepEqual(checksumsIn('move@example.com', 'Done'), firstThree);
  assert.deepEqual(checksumsIn('move@example.com', 'inbox'), lastOne);
});

test('a folder to move to may be named by its special use, or lie within another', async (t) => {
  const address = 'targets@example.com';
  world.graph.mailbox(address).makeFolder('Inbox/Done');
  const [first, second] = await positionsOf(address, 2);
  const source = world.source(t, address);
  await source.act([first as Position], { action: 'move', folder: '\\Archive' });
  await source.act([second as Position], { action: 'move', folder: 'INBOX/Done' });
  assert.deepEqual(checksumsIn(address, 'archive'), [sha256(mail(1))]);
  assert.deepEqual(checksumsIn(address, 'Inbox/Done'), [sha256(mail(2))]);
});

test('deleted, once or twice, and no other message', async (t) => {
  await doTwice(t, 'delete@example.com', { action: 'delete' });
  assert.deepEqual(checksumsIn('delete@example.com', 'inbox'), lastOne);
  assert.deepEqual(checksumsIn('delete@example.com', 'deleteditems'), firstThree);
});

test('what a person has moved meanwhile is left where it is now', async (t) => {
  const address = 'person@example.com';
  const [position] = await positionsOf(address, 1);
  assert.ok(position);
  const mailbox = world.graph.mailbox(address);
  const message = mailbox.message(position.uid);
  assert.ok(message);
  mailbox.move(message, mailbox.makeFolder('Mine'));
  await world.source(t, address).act([position], { action: 'delete' });
  assert.deepEqual(checksumsIn(address, 'Mine'), [sha256(mail(1))]);
});

test('a folder to move to that is missing is named, and nothing is lost', async (t) => {
  const address = 'missing@example.com';
  const positions = await positionsOf(address, 2);
  const source = world.source(t, address);
  const problem = await problemOf(source.act(positions, { action: 'move', folder: 'Nowhere' }));
  assert.equal(problem.code, 'graph.folder-missing');
  assert.match(problem.detail ?? '', /Nowhere/);
  assert.equal(checksumsIn(address, 'inbox').length, 2);
});

test('positions of folders, messages or protocols that are no more are no error', async (t) => {
  const address = 'gone@example.com';
  const [first] = await positionsOf(address, 2);
  assert.ok(first);
  const source = world.source(t, address);
  const gone = [at(first.uid, 'Never/There'), at('no-such-id'), { ...first, validity: '17' }];
  for (const action of ['mark-read', 'delete'] as const) {
    const acted = await source.act(gone, { action });
    assert.deepEqual([acted.done.length, acted.removed], [3, []], 'they may lie elsewhere');
  }
  assert.equal(checksumsIn(address, 'inbox').length, 2);
});

test('that the permission to change the mailbox is missing is told', async (t) => {
  const address = 'readonly@example.com';
  const positions = await positionsOf(address, 1);
  const source = world.source(t, address, { tokens: world.tokens({ permissions: ['Mail.Read'] }) });
  const { done, refused } = await source.act(positions, { action: 'mark-read' });
  const problem = refused[0]?.problem as Problem;
  assert.deepEqual([done, problem.code], [[], 'graph.access-denied']);
  assert.match(problem.cause ?? '', /Mail\.ReadWrite to mark, move and delete/);
});

test('the consumer may act on each message while it reads on, also large ones, in several folders', async (t) => {
  const address = 'both@example.com';
  for (let n = 1; n <= 20; n++) {
    const text = n % 7 === 0 ? 'x'.repeat(1_500_000) : 'x'.repeat(20_000);
    await world.graph.deliver(address, mail(n, text), { folder: n % 2 === 0 ? 'Orders' : 'inbox' });
  }
  const source = world.source(t, address, { server: { folders: ['INBOX', 'Orders'] } });
  let count = 0;
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    for await (const _ of event.raw);
    await source.act([event.position], { action: 'delete' });
    count++;
  }
  assert.equal(count, 20);
  assert.deepEqual([checksumsIn(address, 'inbox'), checksumsIn(address, 'Orders')], [[], []]);
});

test('many are acted on, four requests at a time at most', async (t) => {
  const address = 'many@example.com';
  const positions = await positionsOf(address, 200);
  await world.source(t, address).act(positions, { action: 'mark-read' });
  assert.ok(
    world.graph
      .mailbox(address)
      .messages()
      .every(({ isRead }) => isRead),
  );
  assert.ok(world.graph.mostAtOnce() <= 4);
});
