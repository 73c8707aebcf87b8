import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type DovecotWorld, mail, mails, startDovecotWorld } from './dovecot-world.ts';
import { checksums, openSource, problemOf, readBytes, readNow, type Seen, see, sha256 } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

for (const security of ['tls', 'starttls'] as const) {
  test(`everything in a mailbox is read, oldest first and byte for byte, over ${security}`, async (t) => {
    const user = `${security}@example.com`;
    const sent = mails(30);
    await world.dovecot.fill(user, sent);
    const port = security === 'tls' ? world.dovecot.imapsPort : world.dovecot.imapPort;
    const source = openSource(t, world.server(user, { security, port }), world.tokensFor(user));
    const { seen, cursor } = await readNow(source);
    assert.deepEqual(checksums(seen), sent.map(sha256));
    assert.deepEqual((await readNow(source, cursor)).seen, [], 'nothing comes twice');
  });
}

test('all folders of a server are read, each from its own place', async (t) => {
  const user = 'folders@example.com';
  world.dovecot.createFolder(user, 'Orders');
  await world.dovecot.deliver(user, mail(1));
  await world.dovecot.deliver(user, mail(2), 'Orders');
  const source = openSource(t, world.server(user, { folders: ['INBOX', 'Orders'] }), world.tokensFor(user));
  const first = await readNow(source);
  assert.deepEqual(
    first.seen.map((event) => event.kind === 'message' && event.folder),
    ['INBOX', 'Orders'],
  );
  await world.dovecot.deliver(user, mail(3), 'Orders');
  const second = await readNow(source, first.cursor);
  assert.deepEqual(checksums(second.seen), [sha256(mail(3))]);
});

test('from a date: what the server received before it is left alone, to the minute', async (t) => {
  const user = 'since@example.com';
  await world.dovecot.fill(user, mails(6));
  const files = (await world.dovecot.messages(user)).map(({ file }) => file).toSorted();
  const start = Date.parse('2026-06-15T12:00:00.000Z');
  const minutes = [-400 * 24 * 60, -24 * 60, -1, 0, 1, 24 * 60];
  for (const [i, file] of files.entries()) {
    const received = new Date(start + (minutes[i] ?? 0) * 60_000);
    await utimes(file, received, received);
  }
  const source = openSource(
    t,
    world.server(user, { startFrom: new Date(start).toISOString() }),
    world.tokensFor(user),
  );
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(checksums(seen), [mail(4), mail(5), mail(6)].map(sha256));
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('from now: only mail that comes later is read, and the place moves past the rest', async (t) => {
  const user = 'now@example.com';
  await world.dovecot.fill(user, mails(40));
  const yesterday = new Date(Date.now() - 24 * 3_600_000);
  for (const { file } of await world.dovecot.messages(user)) await utimes(file, yesterday, yesterday);
  const startFrom = new Date(Date.now() - 60_000).toISOString();
  const source = openSource(t, world.server(user, { startFrom }), world.tokensFor(user));
  const first = await readNow(source);
  assert.deepEqual(first.seen, []);
  assert.match(first.cursor, /"last":40/);
  await world.dovecot.deliver(user, mail(41));
  assert.deepEqual(checksums((await readNow(source, first.cursor)).seen), [sha256(mail(41))]);
});

test('new mail arrives by IDLE, while the connection stays', async (t) => {
  const user = 'idle@example.com';
  await world.dovecot.deliver(user, mail(1));
  const source = openSource(t, world.server(user), world.tokensFor(user), { reconcileSeconds: 3600 });
  const stop = new AbortController();
  const arrived: Seen[] = [];
  let delivered = 1;
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind !== 'caught-up') arrived.push(await see(event));
    else if (arrived.length === 4) stop.abort();
    else if (arrived.length === delivered) await world.dovecot.deliver(user, mail(++delivered));
  }
  assert.deepEqual(
    checksums(arrived),
    [1, 2, 3, 4].map((n) => sha256(mail(n))),
  );
});

test('mail in a folder that nobody watches is found by the reconciling look', async (t) => {
  const user = 'reconcile@example.com';
  world.dovecot.createFolder(user, 'Orders');
  const server = world.server(user, { folders: ['INBOX', 'Orders'] });
  const source = openSource(t, server, world.tokensFor(user), { reconcileSeconds: 0.2 });
  const stop = new AbortController();
  const arrived: Seen[] = [];
  let delivered = false;
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind !== 'caught-up') {
      arrived.push(await see(event));
      stop.abort();
    } else if (!delivered) {
      delivered = true;
      await world.dovecot.deliver(user, mail(1), 'Orders');
    }
  }
  assert.deepEqual(checksums(arrived), [sha256(mail(1))]);
});

test('after a change of UIDVALIDITY the folder is read again from its start, under the new one', async (t) => {
  const user = 'validity@example.com';
  const sent = mails(5);
  await world.dovecot.fill(user, sent);
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const first = await readNow(source);
  await world.dovecot.resetUidValidity(user);
  await world.dovecot.deliver(user, mail(6));
  const second = await readNow(source, first.cursor);
  assert.deepEqual(checksums(second.seen).toSorted(), [...sent, mail(6)].map(sha256).toSorted());
  assert.notEqual(validityIn(second.cursor), validityIn(first.cursor));
  assert.deepEqual((await readNow(source, second.cursor)).seen, []);
});

function validityIn(cursor: string): unknown {
  return JSON.parse(cursor).INBOX.validity;
}

test('a server killed in mid-fetch ends the reading with a Problem; the next reading gets exactly the rest', async (t) => {
  const user = 'killed@example.com';
  const sent = Array.from({ length: 60 }, (_, i) => mail(i + 1, 'x'.repeat(70_000)));
  await world.dovecot.fill(user, sent);
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const seen: Seen[] = [];
  let cursor: string | null = null;
  const reading = (async () => {
    const { signal } = new AbortController();
    for await (const event of source.messages(null, { watch: true, signal })) {
      if (event.kind === 'caught-up') continue;
      seen.push(await see(event));
      cursor = event.cursor;
      if (seen.length === 10) world.dovecot.killSessions();
    }
  })();
  assert.match((await problemOf(reading)).code, /^imap\.(connection-lost|bye)$/);
  await world.dovecot.restart();
  seen.push(...(await readNow(source, cursor)).seen);
  // The one at which it ended may come last: whether it was the message is found out by reading others
  assert.deepEqual(checksums(seen).toSorted(), sent.map(sha256).toSorted());
});

test('one message can be had again by its position; one that is gone is null', async (t) => {
  const user = 'again@example.com';
  const large = mail(2, 'Letterbox\r\n'.repeat(200_000));
  await world.dovecot.fill(user, [mail(1), large]);
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const positions: { folder: string; validity: string; uid: string }[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind === 'message') positions.push(event.position);
  }
  const [small, big] = await Promise.all(positions.map((position) => source.fetch(position)));
  assert.ok(small && big);
  assert.deepEqual(await readBytes(small.raw), mail(1));
  assert.equal(sha256(await readBytes(big.raw)), sha256(large));
  const { folder, validity } = small.position;
  assert.equal(await source.fetch({ folder, validity, uid: '999' }), null);
  assert.equal(await source.fetch({ folder, validity: '1', uid: '1' }), null);
  assert.equal(await source.fetch({ folder: 'Gone', validity, uid: '1' }), null);
});

test('an inspection tells what is there', async (t) => {
  const user = 'inspected@example.com';
  world.dovecot.createFolder(user, 'Orders');
  await world.dovecot.fill(user, mails(3));
  const source = openSource(t, world.server(user, { folders: ['INBOX', 'Orders'] }), world.tokensFor(user));
  const { folder, messages, folders, capabilities } = await source.inspect();
  assert.deepEqual({ folder, messages }, { folder: 'INBOX', messages: 3 });
  assert.deepEqual(folders?.toSorted(), ['INBOX', 'Orders']);
  assert.ok(capabilities.includes('IDLE'));
});

test('a folder to move to that does not exist is told at the inspection, not at the first mail', async (t) => {
  const user = 'no-target@example.com';
  await world.dovecot.deliver(user, mail(1));
  const server = world.server(user, { afterIntake: { action: 'move', folder: 'Done' } });
  const source = openSource(t, server, world.tokensFor(user));
  const problem = await problemOf(source.inspect());
  assert.equal(problem.code, 'imap.folder-missing');
  assert.match(problem.detail ?? '', /"Done"/);
});
