import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { AfterIntake } from '../../src/model/mail-server.ts';
import type { Position } from '../../src/model/message.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { type DovecotWorld, mail, mails, startDovecotWorld } from './dovecot-world.ts';
import { openSource, problemOf, sha256 } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

async function positionsIn(source: MailSource): Promise<Position[]> {
  const positions: Position[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind === 'message') positions.push(event.position);
  }
  return positions;
}

/** A mailbox with four mails; the action is done to the first three, twice. */
async function doTwice(t: TestContext, user: string, action: AfterIntake): Promise<void> {
  world.dovecot.createFolder(user, 'Done');
  await world.dovecot.fill(user, mails(4));
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const positions = (await positionsIn(source)).slice(0, 3);
  const { removed } = await source.act(positions, action);
  assert.deepEqual(removed, action.action === 'delete' ? positions : []);
  assert.deepEqual((await source.act(positions, action)).removed, []);
}

async function checksumsIn(user: string, folder = 'INBOX'): Promise<string[]> {
  return (await world.dovecot.messages(user, folder)).map((message) => message.sha256).toSorted();
}

/** Maildir keeps `\Seen` as the letter S at the end of the file's name. */
async function unreadIn(user: string): Promise<string[]> {
  const files = (await world.dovecot.messages(user)).map(({ file }) => file);
  const unread = files.filter((file) => !/:2,[A-Z]*S/.test(basename(file)));
  return Promise.all(unread.map(async (file) => sha256(await readFile(file))));
}

const all = mails(4).map(sha256).toSorted();
const firstThree = mails(3).map(sha256).toSorted();
const lastOne = [sha256(mail(4))];

test('left alone, messages stay as they are, also unread', async (t) => {
  await doTwice(t, 'leave@example.com', { action: 'leave' });
  assert.deepEqual((await unreadIn('leave@example.com')).toSorted(), all);
});

test('marked as read, once or twice, and no other message', async (t) => {
  await doTwice(t, 'read@example.com', { action: 'mark-read' });
  assert.deepEqual(await unreadIn('read@example.com'), lastOne);
});

test('moved to a folder, once or twice: each is there once, and no other', async (t) => {
  await doTwice(t, 'move@example.com', { action: 'move', folder: 'Done' });
  assert.deepEqual(await checksumsIn('move@example.com', 'Done'), firstThree);
  assert.deepEqual(await checksumsIn('move@example.com'), lastOne);
});

test('deleted, once or twice, and no other message', async (t) => {
  await doTwice(t, 'delete@example.com', { action: 'delete' });
  assert.deepEqual(await checksumsIn('delete@example.com'), lastOne);
});

test("deleting leaves alone what someone else marked as deleted and didn't expunge", async (t) => {
  const user = 'others@example.com';
  await world.dovecot.fill(user, mails(3));
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const [first, , third] = await positionsIn(source);
  assert.ok(first && third);
  await source.act([first], { action: 'mark-read' });
  const files = await world.dovecot.messages(user);
  const foreign = files.find((message) => message.sha256 === sha256(mail(1)));
  assert.ok(foreign);
  await rename(foreign.file, `${foreign.file}T`);
  await source.act([third], { action: 'delete' });
  assert.deepEqual(await checksumsIn(user), [mail(1), mail(2)].map(sha256).toSorted());
});

test('a folder to move to that is missing is named, and nothing is lost', async (t) => {
  const user = 'missing@example.com';
  await world.dovecot.fill(user, mails(2));
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const positions = await positionsIn(source);
  const problem = await problemOf(source.act(positions, { action: 'move', folder: 'Nowhere' }));
  assert.equal(problem.code, 'imap.folder-missing');
  assert.match(problem.detail ?? '', /Nowhere/);
  assert.equal((await checksumsIn(user)).length, 2);
});

test('positions of a folder or of UIDs that are no more are no error', async (t) => {
  const user = 'gone@example.com';
  await world.dovecot.fill(user, mails(2));
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const [first] = await positionsIn(source);
  assert.ok(first);
  const gone: Position[] = [
    { ...first, folder: 'Never/There' },
    { ...first, uid: '4711' },
    { ...first, validity: '1' },
  ];
  for (const action of ['mark-read', 'delete'] as const) {
    const acted = await source.act(gone, { action });
    assert.deepEqual([acted.done.length, acted.removed], [3, []], 'they may lie elsewhere');
  }
  assert.equal((await checksumsIn(user)).length, 2);
});

test('the consumer may act on each message while it reads on, also large ones, in several folders', async (t) => {
  const user = 'both@example.com';
  world.dovecot.createFolder(user, 'Orders');
  for (let n = 1; n <= 20; n++) {
    const text = n % 7 === 0 ? 'x'.repeat(1_500_000) : 'x'.repeat(20_000);
    await world.dovecot.deliver(user, mail(n, text), n % 2 === 0 ? 'Orders' : 'INBOX');
  }
  const server = world.server(user, { folders: ['INBOX', 'Orders'] });
  const source = openSource(t, server, world.tokensFor(user));
  let count = 0;
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    for await (const _ of event.raw);
    await source.act([event.position], { action: 'delete' });
    count++;
  }
  assert.equal(count, 20);
  assert.deepEqual([await checksumsIn(user), await checksumsIn(user, 'Orders')], [[], []]);
});

test('an action is done on a new connection when the server ended the one before', async (t) => {
  const user = 'restarted@example.com';
  await world.dovecot.fill(user, mails(4));
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const positions = await positionsIn(source);
  await source.act(positions.slice(0, 1), { action: 'mark-read' });
  await world.dovecot.restart();
  await source.act(positions.slice(0, 3), { action: 'mark-read' });
  assert.deepEqual(await unreadIn(user), lastOne);
});
