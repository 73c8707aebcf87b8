import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Known, MailSource } from '../../src/sources/source.ts';
import { mail, mails } from './dovecot-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';
import {
  checksums,
  collect,
  knownAmong,
  problemOf,
  readBytes,
  readNow,
  type Seen,
  see,
  sha256,
} from './setting.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
after(() => world.stop());

/** Remembers what was read, as the store does. */
function memory() {
  const stored = new Set<string>();
  const known: Known = ({ folder, ...place }, uids) =>
    knownAmong((uid) => stored.has(`${folder} ${uid}`))({ folder, ...place }, uids);
  return {
    known,
    keep: ({ folder, uid }: { folder: string; uid: string }) => stored.add(`${folder} ${uid}`),
  };
}

/** How often the source of a message was asked for since. */
function downloadsSince(length: number): number {
  return world.graph.requests.slice(length).filter(({ path }) => path.endsWith('/$value')).length;
}

test('a first look at 1,000 messages brings each exactly once, oldest first, byte for byte, four requests at a time at most', async (t) => {
  const address = 'thousand@example.com';
  const sent = mails(1000);
  for (const [i, bytes] of sent.entries())
    await world.graph.deliver(address, bytes, { receivedAt: new Date(Date.UTC(2026, 0, 1) + i * 60_000) });
  const { length } = world.graph.requests;
  const source = world.source(t, address);
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(checksums(seen), sent.map(sha256));
  assert.deepEqual((await readNow(source, cursor)).seen, [], 'nothing comes twice');
  assert.ok(world.graph.mostAtOnce() <= 4, `${world.graph.mostAtOnce()} at once`);
  const asked = world.graph.requests.slice(length);
  assert.ok(
    asked.every(({ immutableIds }) => immutableIds),
    'immutable ids are asked for with every request',
  );
});

test('all folders of a server are read, by special use, well-known name, path and pattern', async (t) => {
  const address = 'folders@example.com';
  const places = {
    inbox: 'INBOX',
    junkemail: '\\Junk',
    sentitems: 'SentItems',
    'Inbox/Orders/2026': 'inbox/orders/2026',
    'Projects/A': 'Projects/%',
    'Projects/B/C': 'Projects/*',
  };
  for (const [n, folder] of Object.keys(places).entries())
    await world.graph.deliver(address, mail(n), { folder });
  world.graph.mailbox(address).makeFolder('Search', { searchFolder: true });
  const source = world.source(t, address, { server: { folders: Object.values(places) } });
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => event.kind === 'message' && event.folder),
    ['INBOX', '\\Junk', 'SentItems', 'inbox/orders/2026', 'Projects/A', 'Projects/B/C'],
  );
  await world.graph.deliver(address, mail(9), { folder: 'junkemail' });
  assert.deepEqual(checksums((await readNow(source, cursor)).seen), [sha256(mail(9))]);
});

test('from a date: what was received before it is left alone, to the second', async (t) => {
  const address = 'since@example.com';
  const start = Date.parse('2026-06-15T12:00:00.000Z');
  for (const [n, seconds] of [-400 * 86_400, -60, -1, 0, 1, 86_400].entries())
    await world.graph.deliver(address, mail(n), { receivedAt: new Date(start + seconds * 1000) });
  const startFrom = new Date(start + 400).toISOString();
  const source = world.source(t, address, { server: { startFrom } });
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(checksums(seen), [mail(3), mail(4), mail(5)].map(sha256));
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('from now: nothing that is there is fetched, not when it is read or moved later either', async (t) => {
  const address = 'now@example.com';
  const lastWeek = new Date(Date.now() - 7 * 86_400_000);
  const old = [];
  for (const bytes of mails(30))
    old.push(await world.graph.deliver(address, bytes, { receivedAt: lastWeek }));
  const startFrom = new Date().toISOString();
  const source = world.source(t, address, { server: { startFrom } });
  const first = await readNow(source);
  const mailbox = world.graph.mailbox(address);
  const [read, sparse] = old;
  assert.ok(read && sparse);
  mailbox.setRead(read, true);
  const second = await readNow(source, first.cursor);
  t.after(() => {
    world.graph.faults.sparseUpdates = false;
  });
  world.graph.faults.sparseUpdates = true;
  mailbox.setRead(sparse, true);
  await world.graph.deliver(address, mail(31));
  const third = await readNow(source, second.cursor);
  assert.deepEqual([...first.seen, ...second.seen], []);
  assert.deepEqual(checksums(third.seen), [sha256(mail(31))]);
});

test('messages that are only read, flagged, told of twice or moved away are not fetched again', async (t) => {
  const address = 'changed@example.com';
  const [first, second] = [
    await world.graph.deliver(address, mail(1)),
    await world.graph.deliver(address, mail(2)),
  ];
  const { known, keep } = memory();
  const source = world.source(t, address, { known });
  const { cursor, seen } = await readNow(source);
  for (const event of seen) if (event.kind === 'message') keep(event);
  const mailbox = world.graph.mailbox(address);
  mailbox.setRead(first, true);
  mailbox.move(second, mailbox.makeFolder('Done'));
  await world.graph.deliver(address, mail(3));
  world.graph.faults.replays = true;
  t.after(() => {
    world.graph.faults.replays = false;
  });
  const { length } = world.graph.requests;
  const later = await readNow(source, cursor);
  assert.deepEqual(checksums(later.seen), [sha256(mail(3))]);
  assert.equal(downloadsSince(length), 1);
});

test('a restart in the middle goes on without doubling', async (t) => {
  const address = 'restart@example.com';
  const sent = mails(40);
  for (const [i, bytes] of sent.entries())
    await world.graph.deliver(address, bytes, { receivedAt: new Date(Date.UTC(2026, 0, 1) + i * 60_000) });
  const { known, keep } = memory();
  const seen: Seen[] = [];
  let cursor: string | null = null;
  for (const stopAt of [1, 17, 41]) {
    const source: MailSource = world.source(t, address, { known });
    for await (const event of source.messages(cursor, {
      watch: false,
      signal: new AbortController().signal,
    })) {
      cursor = event.cursor;
      if (event.kind === 'caught-up') continue;
      keep(event.position);
      seen.push(await see(event));
      if (seen.length === stopAt) break;
    }
  }
  assert.deepEqual(checksums(seen), sent.map(sha256));
});

test('new mail is found by looking, when nobody tells of it', async (t) => {
  const address = 'poll@example.com';
  await world.graph.deliver(address, mail(1));
  const source = world.source(t, address, { options: { reconcileSeconds: 0.1 } });
  const stop = new AbortController();
  const arrived: Seen[] = [];
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind !== 'caught-up') arrived.push(await see(event));
    else if (arrived.length === 1) await world.graph.deliver(address, mail(2));
    if (arrived.length === 2) stop.abort();
  }
  assert.deepEqual(checksums(arrived), [mail(1), mail(2)].map(sha256));
});

test('when Graph forgets what was read, all is looked at again and only what is new is fetched', async (t) => {
  const address = 'forgotten@example.com';
  await world.graph.fill(address, mails(5));
  const { known, keep } = memory();
  const source = world.source(t, address, { known });
  const first = await readNow(source);
  for (const event of first.seen) if (event.kind === 'message') keep(event);
  world.graph.expireDeltaTokens();
  await world.graph.deliver(address, mail(6));
  const { length } = world.graph.requests;
  const second = await readNow(source, first.cursor);
  assert.deepEqual(checksums(second.seen), [sha256(mail(6))]);
  assert.equal(downloadsSince(length), 1);
  assert.ok(world.graph.requests.slice(length).some(({ status }) => status === 410));
  for (const event of second.seen) if (event.kind === 'message') keep(event);
  assert.deepEqual((await readNow(source, second.cursor)).seen, []);
});

test('without a memory, all of a forgotten folder comes again under the same positions, for the store to recognise', async (t) => {
  const address = 'again@example.com';
  await world.graph.fill(address, mails(3));
  const source = world.source(t, address);
  const first = await readNow(source);
  world.graph.expireDeltaTokens();
  const second = await readNow(source, first.cursor);
  const uids = ({ seen }: { seen: Seen[] }) => seen.map(({ uid }) => uid).toSorted();
  assert.deepEqual(uids(second), uids(first));
});

test('a cursor of another protocol, or from another host, starts from the beginning', async (t) => {
  const address = 'cursor@example.com';
  const { folder } = await world.graph.deliver(address, mail(1));
  const foreign = { folderId: folder.id, deltaLink: 'https://elsewhere.example/v1.0/delta?$deltatoken=x' };
  for (const cursor of [
    '{"INBOX":{"validity":"1","last":9,"open":[]}}',
    'nonsense',
    JSON.stringify({ INBOX: foreign }),
  ])
    assert.equal((await readNow(world.source(t, address), cursor)).seen.length, 1, cursor);
});

test('one message is fetched again by its position, also when it was moved; null when it is gone', async (t) => {
  const address = 'fetch@example.com';
  const large = mail(2, 'y'.repeat(3_000_000));
  const messages = [await world.graph.deliver(address, mail(1)), await world.graph.deliver(address, large)];
  const source = world.source(t, address);
  const mailbox = world.graph.mailbox(address);
  const [small, big] = messages;
  assert.ok(small && big);
  mailbox.move(small, mailbox.makeFolder('Done'));
  const at = (uid: string) => ({ folder: 'INBOX', validity: '', uid });
  for (const [message, bytes] of [
    [small, mail(1)],
    [big, large],
  ] as const) {
    const event = await source.fetch(at(message.immutableId));
    assert.ok(event);
    assert.equal(sha256(await readBytes(event.raw)), sha256(bytes));
  }
  mailbox.delete(small);
  mailbox.delete(small);
  assert.equal(await source.fetch(at(small.immutableId)), null);
  assert.equal((await problemOf(source.fetch(at('nonsense')))).code, 'graph.refused');
  assert.equal(await source.fetch({ folder: 'INBOX', validity: '7', uid: '1' }), null);
});

test('an inspection tells what is there; what is missing is named', async (t) => {
  const address = 'inspected@example.com';
  await world.graph.fill(address, mails(3));
  world.graph.mailbox(address).makeFolder('Inbox/Orders');
  const inspection = await world.source(t, address).inspect();
  assert.equal(inspection.folder, 'INBOX');
  assert.equal(inspection.messages, 3);
  assert.ok(inspection.folders?.includes('INBOX/Orders'));
  for (const fields of [
    { folders: ['Nowhere'] },
    { afterIntake: { action: 'move', folder: 'Nowhere' } as const },
  ]) {
    const problem = await problemOf(world.source(t, address, { server: fields }).inspect());
    assert.equal(problem.code, 'graph.folder-missing');
    assert.match(problem.detail ?? '', /"Nowhere"/);
  }
});

test('a folder that is missing stops the others only after they were read', async (t) => {
  const address = 'missing@example.com';
  await world.graph.deliver(address, mail(1));
  const source = world.source(t, address, { server: { folders: ['Nowhere', 'INBOX'] } });
  const seen: Seen[] = [];
  const reading = (async () => {
    for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal }))
      if (event.kind !== 'caught-up') seen.push(await see(event));
  })();
  assert.equal((await problemOf(reading)).code, 'graph.folder-missing');
  assert.deepEqual(checksums(seen), [sha256(mail(1))]);
});

test('an aborted reading ends without an error, also while it waits; a closed source ends everything', async (t) => {
  const address = 'aborted@example.com';
  await world.graph.fill(address, mails(10));
  const source = world.source(t, address);
  const stop = new AbortController();
  let count = 0;
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind === 'message' && ++count === 3) stop.abort();
  }
  assert.ok(count < 10);
  const waiting = new AbortController();
  for await (const event of source.messages(null, { watch: true, signal: waiting.signal }))
    if (event.kind === 'caught-up') setImmediate(() => waiting.abort());
  const reading = collect(source.messages(null, { watch: true, signal: new AbortController().signal }));
  await source.close();
  await reading;
  assert.equal((await problemOf(source.inspect())).code, 'graph.stopped');
});
