import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DovecotWorld, mail, mails, startDovecotWorld } from './dovecot-world.ts';
import { emptyMemory, openPop3 } from './pop3-setting.ts';
import { checksums, problemOf, readBytes, readNow, type Seen, see, sha256 } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

for (const security of ['tls', 'starttls'] as const) {
  test(`everything in a maildrop is read, oldest first and byte for byte, over ${security}`, async (t) => {
    const user = `${security}@example.com`;
    const sent = [...mails(30), mail(31, '.\r\n..\r\n.x\r\n\r\n.\r\n'), mail(32, '')];
    await world.dovecot.fill(user, sent);
    const port = security === 'tls' ? world.dovecot.pop3sPort : world.dovecot.pop3Port;
    const source = openPop3(t, world.pop3Server(user, { security, port }), world.tokensFor(user));
    const { seen, cursor } = await readNow(source);
    assert.deepEqual(checksums(seen), sent.map(sha256));
    assert.deepEqual((await readNow(source, cursor)).seen, [], 'nothing comes twice');
  });
}

test('after a restart nothing comes twice, by what the store knows: the cursor stays small', async (t) => {
  const user = 'restart@example.com';
  await world.dovecot.fill(user, mails(20));
  const memory = emptyMemory();
  const open = () => openPop3(t, world.pop3Server(user), world.tokensFor(user), {}, memory);
  const { signal } = new AbortController();
  let cursor: string | null = null;
  let count = 0;
  for await (const event of open().messages(null, { watch: false, signal })) {
    cursor = event.cursor;
    if (event.kind === 'message') await see(event);
    if (++count === 7) break;
  }
  const { seen, cursor: last } = await readNow(open(), cursor);
  assert.deepEqual(checksums(seen), mails(20).slice(7).map(sha256));
  assert.ok(last.length < 50, last);
});

test('a lost cursor doubles nothing: the store knows what was read', async (t) => {
  const user = 'lost@example.com';
  await world.dovecot.fill(user, mails(5));
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  await readNow(source);
  await world.dovecot.deliver(user, mail(6));
  assert.deepEqual(checksums((await readNow(source, null)).seen), [sha256(mail(6))]);
});

test('a server that gives all its messages new unique ids is read again under those', async (t) => {
  const user = 'renumbered@example.com';
  const sent = mails(4);
  await world.dovecot.fill(user, sent);
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const first = await readNow(source);
  // Dovecot makes its unique ids of UIDVALIDITY and UID
  await world.dovecot.resetUidValidity(user);
  const second = await readNow(source, first.cursor);
  assert.deepEqual(checksums(second.seen).toSorted(), sent.map(sha256).toSorted());
  assert.deepEqual(
    first.seen.filter(({ uid }) => second.seen.some((event) => event.uid === uid)),
    [],
  );
});

function dated(n: number, received: string): Buffer {
  const lines = ['Received: from inside.example by outside.example; Mon, 1 Jan 2001 00:00:00 +0000'];
  return Buffer.concat([
    Buffer.from(`Received: from a.example\r\n\tby b.example with ESMTPS; ${received}\r\n${lines[0]}\r\n`),
    mail(n),
  ]);
}

test('from a date: what the topmost Received field dates before it is left alone, to the second, and not read', async (t) => {
  const user = 'since@example.com';
  const sent = [
    dated(1, 'Mon, 15 Jun 2026 13:59:59 +0200'),
    dated(2, 'Mon, 15 Jun 2026 14:00:00 +0200 (CEST)'),
    dated(3, 'Tue, 16 Jun 2026 09:00:00 +0000'),
    dated(4, 'Sun, 14 Jun 2026 23:00:00 +0000'),
    mail(5),
  ];
  await world.dovecot.fill(user, sent);
  const server = world.pop3Server(user, { startFrom: '2026-06-15T12:00:00.000Z' });
  const source = openPop3(t, server, world.tokensFor(user));
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(
    checksums(seen),
    [sent[1], sent[2], sent[4]].map((each) => sha256(each as Buffer)),
  );
  assert.deepEqual((await readNow(source, cursor)).seen, []);
  await world.dovecot.deliver(user, dated(6, 'Sat, 13 Jun 2026 23:00:00 +0000'));
  await world.dovecot.deliver(user, dated(7, 'Wed, 17 Jun 2026 23:00:00 +0000'));
  const later = checksums((await readNow(source, cursor)).seen);
  assert.deepEqual(later, [sha256(dated(7, 'Wed, 17 Jun 2026 23:00:00 +0000'))]);
});

test('a message was received when its topmost Received field says, else now', async (t) => {
  const user = 'received@example.com';
  await world.dovecot.fill(user, [dated(1, 'Mon, 15 Jun 2026 14:00:00 +0200 (CEST)'), mail(2)]);
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const began = new Date().toISOString();
  const instants: string[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal }))
    if (event.kind === 'message') instants.push(event.receivedAt);
  assert.equal(instants[0], '2026-06-15T12:00:00.000Z');
  assert.ok((instants[1] ?? '') >= began);
});

test('from now: what is there at the first look is left alone, what comes later is read', async (t) => {
  const user = 'now@example.com';
  await world.dovecot.fill(user, mails(40));
  const server = world.pop3Server(user, { startFrom: new Date().toISOString() });
  const source = openPop3(t, server, world.tokensFor(user));
  const first = await readNow(source);
  assert.deepEqual(first.seen, []);
  await world.dovecot.deliver(user, mail(41));
  const second = await readNow(source, first.cursor);
  assert.deepEqual(checksums(second.seen), [sha256(mail(41))]);
  assert.deepEqual((await readNow(source, second.cursor)).seen, []);
});

test('new mail is found by looking again', async (t) => {
  const user = 'polled@example.com';
  await world.dovecot.deliver(user, mail(1));
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user), { reconcileSeconds: 0.1 });
  const stop = new AbortController();
  const arrived: Seen[] = [];
  let delivered = 1;
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind !== 'caught-up') arrived.push(await see(event));
    else if (arrived.length === 3) stop.abort();
    else if (arrived.length === delivered) await world.dovecot.deliver(user, mail(++delivered));
  }
  assert.deepEqual(
    checksums(arrived),
    [1, 2, 3].map((n) => sha256(mail(n))),
  );
});

test('a server killed in mid-message ends the reading with a Problem; the next reading gets exactly the rest', async (t) => {
  const user = 'killed@example.com';
  const sent = Array.from({ length: 30 }, (_, i) => mail(i + 1, `${'x'.repeat(70_000)}\r\n`));
  await world.dovecot.fill(user, sent);
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const seen: Seen[] = [];
  let cursor: string | null = null;
  const reading = (async () => {
    for await (const event of source.messages(null, { watch: true, signal: new AbortController().signal })) {
      if (event.kind === 'caught-up') continue;
      seen.push(await see(event));
      cursor = event.cursor;
      if (seen.length === 10) world.dovecot.killSessions();
    }
  })();
  assert.equal((await problemOf(reading)).code, 'pop3.connection-lost');
  seen.push(...(await readNow(source, cursor)).seen);
  assert.deepEqual(checksums(seen).toSorted(), sent.map(sha256).toSorted());
});

test('one message can be had again by its position; one that is gone is null', async (t) => {
  const user = 'again@example.com';
  const large = mail(2, 'Letterbox\r\n'.repeat(200_000));
  await world.dovecot.fill(user, [mail(1), large]);
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const uids = (await readNow(source)).seen.map(({ uid }) => uid);
  const position = { folder: 'INBOX', validity: '' };
  const small = await source.fetch({ ...position, uid: uids[0] ?? '' });
  assert.ok(small);
  assert.deepEqual(await readBytes(small.raw), mail(1));
  const big = await source.fetch({ ...position, uid: uids[1] ?? '' });
  assert.ok(big);
  assert.equal(sha256(await readBytes(big.raw)), sha256(large));
  assert.equal(await source.fetch({ ...position, uid: 'never-there' }), null);
  assert.equal(await source.fetch({ ...position, folder: 'Sent', uid: uids[0] ?? '' }), null);
});

test('an inspection tells what is there', async (t) => {
  const user = 'inspected@example.com';
  await world.dovecot.fill(user, mails(3));
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const { folder, messages, folders, capabilities } = await source.inspect();
  assert.deepEqual({ folder, messages, folders }, { folder: 'INBOX', messages: 3, folders: null });
  assert.ok(capabilities.includes('UIDL'));
});
