import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EwsWorld, fill, mail, mails, openSource, startEwsWorld } from './ews-world.ts';
import { checksums, problemOf, readBytes, readNow, type Seen, see, sha256 } from './setting.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

test('1,000 messages are read exactly once, oldest first and byte for byte', async (t) => {
  const address = 'thousand@example.com';
  const mailbox = world.ews.mailbox(address);
  const sent = mails(1_000);
  await fill(mailbox, sent);
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(checksums(seen), sent.map(sha256));
  assert.deepEqual((await readNow(source, cursor)).seen, [], 'nothing comes twice');
});

test('a restart at any message goes on with the next, also of a folder that is listed in several parts', async (t) => {
  const address = 'restart@example.com';
  const mailbox = world.ews.mailbox(address);
  const sent = mails(700);
  await fill(mailbox, sent);
  const stored = new Set<string>();
  const seen: string[] = [];
  let cursor: string | null = null;
  for (const stopAfter of [1, 33, 250, 1_000]) {
    const source = openSource(t, world.server(address), world.personalTokens(address), {}, { stored });
    const { signal } = new AbortController();
    let count = 0;
    for await (const event of source.messages(cursor, { watch: false, signal })) {
      cursor = event.cursor;
      if (event.kind !== 'message') continue;
      seen.push(sha256(await readBytes(event.raw)));
      stored.add(event.position.uid);
      if (++count === stopAfter) break;
    }
  }
  assert.deepEqual(seen, sent.map(sha256));
});

test('a folder with more messages than are held in mind is read in parts, and what comes meanwhile after them', async (t) => {
  const address = 'parts@example.com';
  const mailbox = world.ews.mailbox(address);
  await fill(mailbox, mails(30));
  const stored = new Set<string>();
  const limits = { mostListed: 10, stored };
  const source = openSource(t, world.server(address), world.personalTokens(address), {}, limits);
  const seen: Seen[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind === 'caught-up') break;
    seen.push(await see(event));
    stored.add(event.position.uid);
    if (seen.length !== 15) continue;
    // A person moves an old mail into the folder: it comes before the place that was reached
    await mailbox.deliver(mail(31), 'INBOX', { receivedAt: new Date('2001-01-01T00:00:00Z') });
    await mailbox.deliver(mail(32), 'INBOX', { receivedAt: new Date(Date.now() + 60_000) });
  }
  assert.deepEqual(checksums(seen.slice(0, 30)), mails(30).map(sha256));
  assert.deepEqual(checksums(seen.slice(30)).toSorted(), [mail(31), mail(32)].map(sha256).toSorted());
});

test('folders are found by path, wildcard and special use, each read from its own place', async (t) => {
  const address = 'folders@example.com';
  const mailbox = world.ews.mailbox(address);
  const places = ['INBOX', 'INBOX/Orders/2026', 'INBOX/Orders/2027', 'junkemail', 'R&D/<Lab>'];
  for (const [i, place] of places.entries()) await mailbox.deliver(mail(i + 1), place);
  const folders = ['INBOX', 'inbox/orders/%', '\\Junk', 'R&D/<Lab>'];
  const source = openSource(t, world.server(address, { folders }), world.personalTokens(address));
  const first = await readNow(source);
  assert.deepEqual(
    first.seen.map((event) => event.kind === 'message' && event.folder),
    ['INBOX', 'INBOX/Orders/2026', 'INBOX/Orders/2027', '\\Junk', 'R&D/<Lab>'],
  );
  await mailbox.deliver(mail(9), 'INBOX/Orders/2028');
  assert.deepEqual(checksums((await readNow(source, first.cursor)).seen), [sha256(mail(9))]);
});

test('from a date: what the server received before it is left alone, to the second', async (t) => {
  const address = 'since@example.com';
  const mailbox = world.ews.mailbox(address);
  const start = Date.parse('2026-06-15T12:00:00.000Z');
  for (const [i, seconds] of [-86_400 * 400, -60, -1, 0, 1, 86_400].entries())
    await mailbox.deliver(mail(i + 1), 'INBOX', { receivedAt: new Date(start + seconds * 1000) });
  const server = world.server(address, { startFrom: new Date(start).toISOString() });
  const source = openSource(t, server, world.personalTokens(address));
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(checksums(seen), [mail(4), mail(5), mail(6)].map(sha256));
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('from now: only mail that comes later is read, and no message before is asked for', async (t) => {
  const address = 'now@example.com';
  const mailbox = world.ews.mailbox(address);
  for (const one of mails(600))
    await mailbox.deliver(one, 'INBOX', { receivedAt: new Date('2026-01-01T00:00:00Z') });
  const server = world.server(address, { startFrom: '2026-02-01T00:00:00.000Z' });
  const source = openSource(t, server, world.personalTokens(address));
  const before = world.ews.requests.length;
  const first = await readNow(source);
  assert.deepEqual(first.seen, []);
  assert.ok(!world.ews.requests.slice(before).some(({ operation }) => operation === 'GetItem'));
  await mailbox.deliver(mail(601));
  assert.deepEqual(checksums((await readNow(source, first.cursor)).seen), [sha256(mail(601))]);
});

test('when the sync state is lost the folder is listed again, and only what is not here is read', async (t) => {
  const address = 'lost@example.com';
  const mailbox = world.ews.mailbox(address);
  await fill(mailbox, mails(5));
  const stored = new Set<string>();
  const source = openSource(t, world.server(address), world.personalTokens(address), {}, { stored });
  const first = await readNow(source);
  for (const { uid } of first.seen) stored.add(uid);
  world.ews.loseSyncStates();
  await mailbox.deliver(mail(6));
  const second = await readNow(source, first.cursor);
  assert.deepEqual(checksums(second.seen), [sha256(mail(6))]);
  assert.notEqual(second.cursor, first.cursor);
});

test('messages that nobody knows any more come again under the same positions', async (t) => {
  const address = 'unknown@example.com';
  await fill(world.ews.mailbox(address), mails(5));
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const [first, second] = [await readNow(source), await readNow(source)];
  assert.deepEqual(
    second.seen.map(({ uid }) => uid),
    first.seen.map(({ uid }) => uid),
  );
});

test('a cursor that cannot be understood is a new beginning', async (t) => {
  const address = 'cursor@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const source = openSource(t, world.server(address), world.personalTokens(address));
  for (const cursor of ['', 'null', '7', '{"INBOX":1}', '{"INBOX":"not a sync state"}'])
    assert.equal((await readNow(source, cursor)).seen.length, 1, cursor);
});

test('contacts and appointments that lie in a mail folder are no messages; meeting requests are', async (t) => {
  const address = 'kinds@example.com';
  const mailbox = world.ews.mailbox(address);
  for (const [i, type] of ['Message', 'Contact', 'MeetingRequest', 'Task'].entries())
    await mailbox.deliver(mail(i + 1), 'INBOX', { type, receivedAt: new Date(Date.UTC(2026, 0, i + 1)) });
  const source = openSource(t, world.server(address), world.personalTokens(address));
  assert.deepEqual(checksums((await readNow(source)).seen), [mail(1), mail(3)].map(sha256));
});

test('a message deleted between its listing and its reading waits, until its mailbox says again that it is gone', async (t) => {
  const address = 'gone@example.com';
  const mailbox = world.ews.mailbox(address);
  const ids = await fill(mailbox, mails(30));
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const seen: Seen[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind === 'caught-up') break;
    seen.push(await see(event));
    if (seen.length === 1) mailbox.remove(ids[25] as string);
  }
  assert.deepEqual(
    seen.map((event) => (event.kind === 'unreadable' ? event.code : event.sha256)),
    mails(30).map((one, i) => (i === 25 ? 'message.absent' : sha256(one))),
  );
  const uid = ids[25] as string;
  assert.equal(await source.fetch({ folder: 'INBOX', validity: '', uid }), null);
});

test('one message can be had again by its position; one that is gone is null', async (t) => {
  const address = 'again@example.com';
  const mailbox = world.ews.mailbox(address);
  const large = mail(2, 'Letterbox\r\n'.repeat(200_000));
  await fill(mailbox, [mail(1), large]);
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const { seen } = await readNow(source);
  const at = (uid: string) => ({ folder: 'INBOX', validity: '', uid });
  const [small, big] = await Promise.all(seen.map(({ uid }) => source.fetch(at(uid))));
  assert.ok(small && big);
  assert.deepEqual(await readBytes(small.raw), mail(1));
  assert.equal(sha256(await readBytes(big.raw)), sha256(large));
  const uid = seen[0]?.uid ?? '';
  mailbox.remove(uid);
  assert.equal(await source.fetch(at(uid)), null);
  const former = { folder: 'INBOX', validity: '17', uid: '4711' };
  assert.equal(await source.fetch(former), null, 'of the time when the server was read by IMAP');
  assert.equal((await problemOf(source.fetch(at('4711')))).code, 'ews.refused');
});

test('an inspection tells what is there', async (t) => {
  const address = 'inspected@example.com';
  const mailbox = world.ews.mailbox(address);
  await fill(mailbox, mails(3));
  mailbox.folderAt('Orders', true);
  const server = world.server(address, { folders: ['INBOX', 'Orders'] });
  const inspection = await openSource(t, server, world.personalTokens(address)).inspect();
  assert.deepEqual([inspection.folder, inspection.messages], ['INBOX', 3]);
  assert.deepEqual([inspection.capabilities, inspection.tells], [['Exchange 15.20'], true]);
  assert.ok(['INBOX', 'Orders', 'Junk Email'].every((name) => inspection.folders?.includes(name)));
  assert.ok(!inspection.folders?.includes('Calendar'));
  assert.equal(world.ews.subscriptions.count(), 0, 'the trial subscription is ended');
});

test('folders that nothing is found for are an error, not a mailbox without mail', async (t) => {
  const address = 'nothing@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const server = world.server(address, { folders: ['Projects/*'] });
  const problem = await problemOf(readNow(openSource(t, server, world.personalTokens(address))));
  assert.equal(problem.code, 'ews.folder-missing');
  assert.match(problem.detail ?? '', /"Projects\/\*"/);
});

test('a folder that is missing is named: at the inspection, and after the others were read', async (t) => {
  const address = 'missing@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const server = world.server(address, { folders: ['Nowhere', 'INBOX'] });
  const source = openSource(t, server, world.personalTokens(address));
  assert.equal((await problemOf(source.inspect())).code, 'ews.folder-missing');
  const seen: Seen[] = [];
  const reading = (async () => {
    for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal }))
      if (event.kind !== 'caught-up') seen.push(await see(event));
  })();
  assert.match((await problemOf(reading)).detail ?? '', /"Nowhere"/);
  assert.equal(seen.length, 1);
  const target = world.server(address, { afterIntake: { action: 'move', folder: 'Done' } });
  const problem = await problemOf(openSource(t, target, world.personalTokens(address)).inspect());
  assert.match(problem.detail ?? '', /"Done"/);
});
