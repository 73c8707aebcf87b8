import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EwsWorld, fill, mail, mails, openSource, startEwsWorld } from './ews-world.ts';
import { collect, problemOf, readNow, type Seen, see, sha256 } from './setting.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

function checksums(seen: Seen[]): string[] {
  return seen.map((event) => (event.kind === 'message' ? event.sha256 : event.code));
}

for (const as of ['fault', 'message', 'http'] as const)
  test(`a busy server is left alone for as long as it asks (${as})`, async (t) => {
    const address = `busy-${as}@example.com`;
    await fill(world.ews.mailbox(address), mails(3));
    const source = openSource(t, world.server(address), world.personalTokens(address));
    for (const operation of ['SyncFolderItems', 'GetItem']) {
      world.ews.faults.next({ kind: 'busy', backOff: 30_000, as }, { operation });
      const before = Date.now();
      const problem = await problemOf(readNow(source));
      assert.equal(problem.code, 'ews.throttled');
      assert.ok(problem.retry instanceof Date);
      const wait = problem.retry.getTime();
      assert.ok(wait >= before + 29_000 && wait <= Date.now() + 31_000, `${operation}: ${problem.retry}`);
    }
    assert.equal((await readNow(source)).seen.length, 3);
  });

test('a busy server is no fault of a message, however often', async (t) => {
  const address = 'patience@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const source = openSource(t, world.server(address), world.personalTokens(address));
  for (let times = 0; times < 8; times++) {
    world.ews.faults.next({ kind: 'busy', backOff: 1000, as: 'message' }, { operation: 'GetItem' });
    assert.equal((await problemOf(readNow(source))).code, 'ews.throttled');
  }
  assert.deepEqual(checksums((await readNow(source)).seen), [sha256(mail(1))]);
});

test('one message that cannot be converted stops nothing: it is told, and its neighbours come in their order', async (t) => {
  const address = 'unconvertible@example.com';
  const mailbox = world.ews.mailbox(address);
  for (let n = 1; n <= 12; n++) {
    const refusal = { code: 'ErrorMimeContentConversionFailed', times: Number.POSITIVE_INFINITY };
    const receivedAt = new Date(Date.UTC(2026, 0, n));
    await mailbox.deliver(mail(n), 'INBOX', { receivedAt, ...(n === 5 && { refusal }) });
  }
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const { seen, cursor } = await readNow(source);
  // It is to blame only when another one could be read
  const expected = mails(12).map(sha256);
  expected.splice(4, 2, sha256(mail(6)), 'message.unreadable');
  assert.deepEqual(checksums(seen), expected);
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('a message that is refused once is asked for again', async (t) => {
  const address = 'passing@example.com';
  const mailbox = world.ews.mailbox(address);
  await mailbox.deliver(mail(1), 'INBOX', { refusal: { code: 'ErrorContentConversionFailed', times: 2 } });
  const source = openSource(t, world.server(address), world.personalTokens(address));
  assert.deepEqual(checksums((await readNow(source)).seen), [sha256(mail(1))]);
});

test('a message larger than the limit is told and not fetched', async (t) => {
  const address = 'too-large@example.com';
  await fill(world.ews.mailbox(address), [mail(1), mail(2, 'x'.repeat(3_000_000)), mail(3)]);
  const options = { maxMessageBytes: 2_000_000 };
  const source = openSource(t, world.server(address), world.personalTokens(address), options);
  const expected = [sha256(mail(1)), 'message.too-large', sha256(mail(3))];
  assert.deepEqual(checksums((await readNow(source)).seen), expected);
});

test('a message that turns out larger than it was announced is read up to the limit, and told the next time', async (t) => {
  const address = 'larger@example.com';
  const mailbox = world.ews.mailbox(address);
  const dates = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
  await mailbox.deliver(mail(1), 'INBOX', { receivedAt: dates[0] as Date });
  const large = mail(2, 'x'.repeat(3_000_000));
  await mailbox.deliver(large, 'INBOX', { receivedAt: dates[1] as Date, announcedSize: 1000 });
  await mailbox.deliver(mail(3), 'INBOX', { receivedAt: dates[2] as Date });
  const options = { maxMessageBytes: 2_000_000 };
  const stored = new Set<string>();
  const source = openSource(t, world.server(address), world.personalTokens(address), options, { stored });
  const seen: Seen[] = [];
  const reading = (async () => {
    for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal }))
      if (event.kind !== 'caught-up') seen.push(await see(event));
  })();
  const problem = await problemOf(reading);
  assert.deepEqual([problem.code, problem.retry], ['message.too-large', 'later']);
  assert.deepEqual(checksums(seen), [sha256(mail(1))]);
  stored.add(seen[0]?.uid ?? '');
  const again = await readNow(source, seen[0]?.cursor);
  assert.deepEqual(checksums(again.seen), [sha256(mail(3)), 'message.too-large']);
});

test('a connection that dies in mid-answer ends the reading with a Problem; the next reading gets exactly the rest', async (t) => {
  const address = 'broken@example.com';
  const sent = Array.from({ length: 30 }, (_, i) => mail(i + 1, 'x'.repeat(70_000)));
  await fill(world.ews.mailbox(address), sent);
  const stored = new Set<string>();
  const source = openSource(t, world.server(address), world.personalTokens(address), {}, { stored });
  const seen: Seen[] = [];
  let cursor: string | null = null;
  world.ews.faults.next({ kind: 'break', afterBytes: 300_000 }, { operation: 'GetItem' });
  const reading = (async () => {
    for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
      cursor = event.cursor;
      if (event.kind !== 'caught-up') seen.push(await see(event));
    }
  })();
  assert.equal((await problemOf(reading)).code, 'ews.connection-lost');
  assert.ok(seen.length > 0 && seen.length < 10, `${seen.length} came before`);
  for (const { uid } of seen) stored.add(uid);
  seen.push(...(await readNow(source, cursor)).seen);
  assert.deepEqual(checksums(seen).toSorted(), sent.map(sha256).toSorted());
});

test('a message at which the connection breaks every time is given up, and the others are read', async (t) => {
  const address = 'poison@example.com';
  const sent = [mail(1), mail(2, 'x'.repeat(2_000_000)), mail(3)];
  await fill(world.ews.mailbox(address), sent);
  const stored = new Set<string>();
  const source = openSource(t, world.server(address), world.personalTokens(address), {}, { stored });
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind === 'message') stored.add(event.position.uid);
    break;
  }
  const breakAtNext = () =>
    world.ews.faults.next({ kind: 'break', afterBytes: 1_800_000 }, { operation: 'GetItem' });
  breakAtNext();
  assert.equal((await problemOf(readNow(source))).code, 'ews.connection-lost');
  const seen: Seen[] = [];
  const reading = (async () => {
    for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
      if (event.kind === 'caught-up') continue;
      seen.push(await see(event));
      if (event.kind === 'message') stored.add(event.position.uid);
      breakAtNext();
    }
  })();
  assert.equal((await problemOf(reading)).code, 'ews.connection-lost');
  assert.deepEqual(checksums(seen), [sha256(mail(3))], 'others are read first');
  assert.deepEqual(checksums((await readNow(source)).seen), ['message.unreadable']);
});

test('a server that falls silent is told as silent', async (t) => {
  const address = 'mute@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const tokens = world.personalTokens(address);
  const source = openSource(t, world.server(address), tokens, {}, { silenceMs: 300 });
  for (const operation of ['SyncFolderItems', 'GetItem']) {
    world.ews.faults.next({ kind: 'silence' }, { operation });
    const problem = await problemOf(readNow(source));
    assert.deepEqual([problem.code, problem.retry], ['ews.silent', 'later'], operation);
  }
});

test('what passes is told as passing: failover, store away, HTTP 502', async (t) => {
  const address = 'failover@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const codes = ['ErrorMailboxFailover', 'ErrorMailboxStoreUnavailable', 'ErrorMailboxMoveInProgress'];
  const troubles = [
    ...codes.map((code) => ({ kind: 'fault' as const, code })),
    ...codes.map((code) => ({ kind: 'message' as const, code })),
    { kind: 'status' as const, status: 502, body: 'Bad gateway' },
    { kind: 'status' as const, status: 500, body: 'Something else than SOAP' },
  ];
  for (const trouble of troubles) {
    world.ews.faults.next(trouble);
    const problem = await problemOf(readNow(source));
    assert.deepEqual([problem.code, problem.retry], ['ews.unavailable', 'later'], JSON.stringify(trouble));
  }
});

test('answers that are no XML, or end too early, or hold what is no base64, are told and read no further', async (t) => {
  const address = 'nonsense@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const soap = (body: string) =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
  const item = (content: string) =>
    soap(
      `<m:GetItemResponse><m:ResponseMessages><m:GetItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>` +
        `<m:Items><t:Message><t:MimeContent>${content}</t:MimeContent></t:Message></m:Items></m:GetItemResponseMessage></m:ResponseMessages></m:GetItemResponse>`,
    );
  const answers: [operation: string, body: string][] = [
    ['SyncFolderItems', ''],
    ['SyncFolderItems', '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'],
    ['SyncFolderItems', soap('<m:SyncFolderItemsResponse/>')],
    ['SyncFolderItems', '<s:Envelope><s:Body>'],
    ['GetItem', item('not base64!')],
    ['GetItem', item('QUJD<b/>')],
    ['GetItem', soap('<m:GetItemResponse/>')],
  ];
  for (const [operation, body] of answers) {
    world.ews.faults.next({ kind: 'status', status: 200, body }, { operation });
    assert.equal((await problemOf(readNow(source))).code, 'ews.protocol', body);
  }
});

test('an abort ends the reading without an error: between messages, within one, and while waiting', async (t) => {
  const address = 'abort@example.com';
  await fill(world.ews.mailbox(address), [...mails(3), mail(4, 'x'.repeat(5_000_000)), mail(5)]);
  const source = openSource(t, world.server(address), world.personalTokens(address));
  const stop = new AbortController();
  stop.abort();
  assert.deepEqual(await collect(source.messages(null, { watch: true, signal: stop.signal })), []);
  for (const at of [1, 4]) {
    const abort = new AbortController();
    let count = 0;
    for await (const event of source.messages(null, { watch: true, signal: abort.signal })) {
      if (event.kind !== 'message') continue;
      const chunks = event.raw[Symbol.asyncIterator]();
      await chunks.next();
      if (++count === at) abort.abort();
      while (!abort.signal.aborted && !(await chunks.next()).done);
    }
    assert.equal(count, at);
  }
});

test('whoever goes on without having read a large message to its end does not get half of it as the whole', async (t) => {
  const address = 'half@example.com';
  await fill(world.ews.mailbox(address), [mail(1, 'x'.repeat(3_000_000)), mail(2)]);
  const source = openSource(t, world.server(address), world.personalTokens(address));
  let large: AsyncIterator<Uint8Array> | null = null;
  const seen: Seen[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    if (large) seen.push(await see(event));
    else {
      large = event.raw[Symbol.asyncIterator]();
      await large.next();
    }
  }
  assert.deepEqual(checksums(seen), [sha256(mail(2))]);
  assert.equal((await problemOf(Promise.resolve(large?.next()))).code, 'ews.stopped');
});
