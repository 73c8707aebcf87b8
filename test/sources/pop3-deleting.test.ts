import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../src/model/message.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { type DovecotWorld, mail, mails, startDovecotWorld } from './dovecot-world.ts';
import { emptyMemory, openPop3, scripted, startMaildrop } from './pop3-setting.ts';
import type { ScriptPop3 } from './scripted-pop3.ts';
import { problemOf, readNow, sha256 } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

const removal = { action: 'delete' } as const;

function positions(uids: string[]): Position[] {
  return uids.map((uid) => ({ folder: 'INBOX', validity: '', uid }));
}

async function readAll(source: MailSource): Promise<Position[]> {
  return positions((await readNow(source)).seen.map(({ uid }) => uid));
}

async function checksumsIn(user: string): Promise<string[]> {
  return (await world.dovecot.messages(user)).map((message) => message.sha256).toSorted();
}

test('deleted, once or twice, and no other message', async (t) => {
  const user = 'delete@example.com';
  await world.dovecot.fill(user, mails(4));
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const three = (await readAll(source)).slice(0, 3);
  assert.deepEqual((await source.act(three, removal)).removed, three);
  assert.deepEqual((await source.act(three, removal)).removed, []);
  assert.deepEqual(await checksumsIn(user), [sha256(mail(4))]);
});

test('left alone, messages stay, and no session is opened for that', async (t) => {
  const { pop3, source } = await startMaildrop(t, {}, [scripted('a')]);
  await source.act(positions(['a']), { action: 'leave' });
  assert.deepEqual(pop3.commands, []);
});

test('positions that are no more are no error', async (t) => {
  const user = 'gone@example.com';
  await world.dovecot.fill(user, mails(2));
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const gone = positions(['never-there']);
  const acted = await source.act(gone, removal);
  assert.deepEqual([acted.done, acted.removed], [gone, []], 'it may be there under another id');
  assert.equal((await checksumsIn(user)).length, 2);
});

test('the consumer may have each message deleted while it reads on, also large ones', async (t) => {
  const user = 'both@example.com';
  for (let n = 1; n <= 6; n++)
    await world.dovecot.deliver(user, mail(n, `${'x'.repeat(n % 3 === 0 ? 1_500_000 : 20_000)}\r\n`));
  const memory = emptyMemory();
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user), {}, memory);
  const seen: string[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    for await (const _ of event.raw);
    memory.stored.add(event.position.uid);
    seen.push(event.position.uid);
    await source.act([event.position], removal);
  }
  assert.equal(new Set(seen).size, 6);
  assert.deepEqual(await checksumsIn(user), []);
});

test('what is read and at once to be deleted takes one session, and there is never a second one', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    {},
    ['a', 'b', 'c'].map((uid) => scripted(uid)),
  );
  const stop = new AbortController();
  const deleted: Promise<unknown>[] = [];
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind === 'message') deleted.push(source.act([event.position], removal));
    if (event.kind !== 'caught-up') continue;
    // The consumer goes on asking while the last message is being stored
    void Promise.all(deleted).then(() => stop.abort());
  }
  await Promise.all(deleted);
  assert.deepEqual(pop3.maildrop.messages, []);
  assert.equal(pop3.commands.filter((line) => line === 'AUTH XOAUTH2').length, 1);
  assert.equal(pop3.commands.filter((line) => line === 'QUIT').length, 1);
  assert.equal(pop3.sessions.most, 1);
});

test('deletions that are asked for all the time while messages are read do not cost a session each', async (t) => {
  const all = Array.from({ length: 300 }, (_, i) => scripted(`m${i}`));
  const slowly: ScriptPop3 = async ({ usual }) => {
    await pause(2);
    await usual();
  };
  const { pop3, source } = await startMaildrop(t, { RETR: slowly }, all);
  const owed: Position[] = [];
  const deleting = async () => {
    while (owed.length > 0) await source.act(owed.splice(0, 2), removal);
  };
  let busy = Promise.resolve();
  let sessions = 0;
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    sessions = pop3.commands.filter((line) => line === 'AUTH XOAUTH2').length;
    if (event.kind !== 'message') continue;
    owed.push(event.position);
    busy = busy.then(deleting);
  }
  await busy;
  assert.deepEqual(pop3.maildrop.messages, []);
  assert.ok(sessions < 30, `${sessions} sessions`);
});

test('reading, deleting, fetching and inspecting at once: one session at a time', async (t) => {
  const all = Array.from({ length: 20 }, (_, i) => scripted(`m${i}`));
  const { pop3, source } = await startMaildrop(t, {}, all);
  const reading = readNow(source);
  const others = [
    source.act(positions(['m19']), removal),
    source.inspect().then(() => {}),
    source.fetch(positions(['m3'])[0] as Position).then(() => {}),
    source.act(positions(['m18']), removal),
  ];
  await Promise.all([reading, ...others]);
  assert.equal(pop3.sessions.most, 1);
  assert.equal(pop3.maildrop.messages.length, 18);
});

test('a session that breaks before QUIT deletes nothing and says so; repeated, the deletion is done', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    { QUIT: ({ nth, usual, hangUp }) => (nth === 1 ? hangUp() : usual()) },
    ['a', 'b'].map((uid) => scripted(uid)),
  );
  const problem = await problemOf(source.act(positions(['a']), removal));
  assert.equal(problem.code, 'pop3.connection-lost');
  assert.equal(pop3.maildrop.messages.length, 2);
  await source.act(positions(['a']), removal);
  assert.deepEqual(
    pop3.maildrop.messages.map(({ uid }) => uid),
    ['b'],
  );
});

test('a QUIT that is refused is a deletion that was not done', async (t) => {
  const { source } = await startMaildrop(
    t,
    { QUIT: ({ send }) => send('-ERR some deleted messages not removed') },
    [scripted('a')],
  );
  const problem = await problemOf(source.act(positions(['a']), removal));
  assert.equal(problem.code, 'pop3.refused');
  assert.match(problem.message, /refuses to delete messages.*not removed/);
});

test('a session that died while it was kept for deletions is replaced by a new one', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    { DELE: ({ nth, usual, hangUp }) => (nth === 1 ? hangUp() : usual()) },
    [scripted('a')],
  );
  const stop = new AbortController();
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind !== 'caught-up') continue;
    void source.act(positions(['a']), removal).then(() => stop.abort());
  }
  assert.deepEqual(pop3.maildrop.messages, []);
  assert.equal(pop3.sessions.most, 1);
});

test('one message that cannot be deleted keeps no other from it', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    { DELE: ({ rest, send, usual }) => (rest === '1' ? send('-ERR not that one') : usual()) },
    ['a', 'b', 'c'].map((uid) => scripted(uid)),
  );
  const { done, refused } = await source.act(positions(['a', 'b', 'c']), removal);
  assert.deepEqual(
    done.map(({ uid }) => uid),
    ['b', 'c'],
  );
  assert.match(refused[0]?.problem.detail ?? '', /not that one/);
  assert.deepEqual(
    pop3.maildrop.messages.map(({ uid }) => uid),
    ['a'],
  );
});

test('messages that share a unique id are all read, and none of them is deleted: it might be the wrong one', async (t) => {
  const { pop3, source } = await startMaildrop(t, {}, [
    scripted('same', 'one'),
    scripted('other'),
    scripted('same', 'two'),
  ]);
  const all = await readAll(source);
  assert.deepEqual(
    all.map(({ uid }) => uid),
    ['same', 'other', 'same 2'],
  );
  const { removed } = await source.act(all, removal);
  assert.deepEqual(
    removed.map(({ uid }) => uid),
    ['other'],
  );
  assert.deepEqual(
    pop3.maildrop.messages.map(({ bytes }) => bytes.toString().split('\r\n')[2]),
    ['one', 'two'],
  );
});

test('no session ends in good order before what was read in it is stored: some servers forget it then', async (t) => {
  const { pop3, source } = await startMaildrop(t, {}, [scripted('a')]);
  source.memory.isWorking = false;
  const stop = new AbortController();
  const events = source.messages(null, { watch: false, signal: stop.signal });
  const kinds: string[] = [];
  for await (const event of events) kinds.push(event.kind);
  assert.deepEqual(kinds, ['message', 'caught-up']);
  assert.ok(!pop3.commands.includes('QUIT'));

  source.memory.isWorking = true;
  for await (const event of source.messages(null, { watch: false, signal: stop.signal }))
    kinds.push(event.kind);
  assert.deepEqual(kinds.slice(2), ['message', 'caught-up']);
  assert.equal(pop3.commands.filter((line) => line === 'QUIT').length, 1);
});

test('what POP3 cannot do is refused by name', async (t) => {
  const { source } = await startMaildrop(t, {}, [scripted('a')]);
  const problem = await problemOf(source.act(positions(['a']), { action: 'mark-read' }));
  assert.equal(problem.code, 'pop3.action');
});
