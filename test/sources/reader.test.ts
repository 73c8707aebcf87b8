import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem, type ProblemKind } from '../../src/model/problem.ts';
import { type ScriptedMailbox, scriptedMailbox } from './scripted-protocol.ts';
import { problemOf, readBytes, readNow } from './setting.ts';

/** What the reader does for all protocols alike. */

function problem(kind: ProblemKind, retry: Problem['retry'] = 'later'): Problem {
  return new Problem({ code: `test.${kind}`, kind, title: 'Trouble', remedy: 'None.', retry });
}

async function outcomes({ source }: ScriptedMailbox): Promise<string[]> {
  return (await readNow(source)).seen.map(({ kind, uid }) => `${kind} ${uid}`);
}

for (const kind of ['unavailable', 'protocol', 'refused', 'internal', 'denied', 'sign-in'] as const)
  test(`a message at which readings stop (${kind}) is told as the message's only after others were read between`, async () => {
    const mailbox = scriptedMailbox({ INBOX: ['1', '2', '3'] });
    mailbox.present.INBOX = ['1', '2', '3'];
    mailbox.happenings.set('2', problem(kind));
    assert.equal((await problemOf(readNow(mailbox.source))).kind, kind);
    assert.equal((await problemOf(readNow(mailbox.source))).kind, kind);
    assert.deepEqual(mailbox.requests, [['1', '2', '3'], ['3'], ['2']], 'the others are read first');
    assert.deepEqual(await outcomes(mailbox), ['unreadable 2']);
    assert.deepEqual(mailbox.requests.slice(3), [['1']], 'one that is here already is compared with');
  });

for (const kind of [
  'unavailable',
  'protocol',
  'refused',
  'internal',
  'denied',
  'sign-in',
  'mailbox',
] as const)
  test(`while no other message can be read either (${kind}) none is to blame, however often, and all come in the end`, async () => {
    const all = ['1', '2', '3', '4', '5', '6'];
    const mailbox = scriptedMailbox({ INBOX: [...all] });
    mailbox.present.INBOX = all;
    for (const uid of all) mailbox.happenings.set(uid, problem(kind));
    for (let readings = 1; readings <= 20; readings++)
      assert.equal((await problemOf(readNow(mailbox.source))).kind, kind);
    mailbox.happenings.clear();
    const seen = await outcomes(mailbox);
    assert.deepEqual(
      seen.toSorted(),
      all.map((uid) => `message ${uid}`),
    );
  });

for (const kind of ['throttled', 'busy', 'credentials', 'consent', 'cancelled', 'full'] as const)
  test(`no message is to blame for what concerns every request (${kind}), however often`, async () => {
    const mailbox = scriptedMailbox({ INBOX: ['1', '2'] });
    mailbox.happenings.set('1', problem(kind));
    for (let stops = 1; stops <= 8; stops++)
      assert.equal((await problemOf(readNow(mailbox.source))).kind, kind);
    mailbox.happenings.clear();
    assert.deepEqual(await outcomes(mailbox), ['message 1', 'message 2']);
  });

test('refused ones are set aside in the same reading as soon as another one is read, however many there are', async () => {
  const all = Array.from({ length: 60 }, (_, n) => `${n + 1}`);
  const mailbox = scriptedMailbox({ INBOX: [...all] });
  mailbox.present.INBOX = ['0', ...all];
  const bad = all.slice(5, 55);
  for (const uid of bad)
    mailbox.happenings.set(uid, { kind: 'refused', receivedAt: null, problem: problem('refused') });
  const seen = await outcomes(mailbox);
  assert.deepEqual(
    seen.toSorted(),
    all.map((uid) => `${bad.includes(uid) ? 'unreadable' : 'message'} ${uid}`).toSorted(),
  );
});

test('three refused one after the other are the server’s doing where no other can be read', async () => {
  const all = Array.from({ length: 200 }, (_, n) => `${n + 1}`);
  const mailbox = scriptedMailbox({ INBOX: [...all] });
  mailbox.present.INBOX = all;
  for (const uid of all)
    mailbox.happenings.set(uid, { kind: 'refused', receivedAt: null, problem: problem('refused') });
  for (let readings = 1; readings <= 5; readings++)
    assert.equal((await problemOf(readNow(mailbox.source))).kind, 'refused');
  assert.ok(mailbox.requests.flat().length < 10_000);
  mailbox.happenings.clear();
  assert.equal((await outcomes(mailbox)).filter((seen) => seen.startsWith('message')).length, 200);
});

test('the only message of a mailbox is to blame for what is told of it alone, but not for what may hold for all', async () => {
  for (const [kind, outcome] of [
    ['refused', 'unreadable 1'],
    ['denied', null],
  ] as const) {
    const mailbox = scriptedMailbox({ INBOX: ['1'] });
    mailbox.happenings.set('1', { kind: 'refused', receivedAt: null, problem: problem(kind) });
    if (outcome) assert.deepEqual(await outcomes(mailbox), [outcome]);
    else assert.equal((await problemOf(readNow(mailbox.source))).kind, kind);
  }
});

test('a message that the server listed and then does not find waits at once', async () => {
  const mailbox = scriptedMailbox({ INBOX: ['1', '2'] });
  mailbox.happenings.set('1', { kind: 'absent', receivedAt: null, problem: problem('gone') });
  assert.deepEqual(await outcomes(mailbox), ['unreadable 1', 'message 2']);
});

test('where another try cannot help the message is given up at once', async () => {
  const mailbox = scriptedMailbox({ INBOX: ['1', '2'] });
  mailbox.happenings.set('1', problem('refused', 'no'));
  await problemOf(readNow(mailbox.source));
  assert.deepEqual(await outcomes(mailbox), ['message 2', 'unreadable 1']);
});

test('messages are asked for together; one at which reading stopped alone, so that its neighbours get no blame', async () => {
  const mailbox = scriptedMailbox({ INBOX: ['1', '2', '3', '4'] });
  mailbox.happenings.set('2', problem('unavailable'));
  await problemOf(readNow(mailbox.source));
  mailbox.happenings.clear();
  mailbox.folders.INBOX = ['0', '2', '3', '4'];
  await outcomes(mailbox);
  assert.deepEqual(mailbox.requests, [['1', '2', '3', '4'], ['0', '3', '4'], ['2']]);
});

test('a message announced as too large is told as that without being asked for, in its place', async () => {
  const mailbox = scriptedMailbox({ INBOX: ['1', '2', '3'] }, { sizes: { 2: 5_000 } });
  assert.deepEqual(await outcomes(mailbox), ['message 1', 'unreadable 2', 'message 3']);
  assert.deepEqual(mailbox.requests, [['1'], ['3']]);
});

test('a message that goes on beyond the limit stops the reading, and is told as too large the next time', async () => {
  const mailbox = scriptedMailbox({ INBOX: ['1', '2'] });
  async function* rest() {
    for (;;) yield Buffer.alloc(600);
  }
  mailbox.happenings.set('1', { rest: rest() });
  const reading = mailbox.source.messages(null, { watch: false, signal: new AbortController().signal });
  const iterator = reading[Symbol.asyncIterator]();
  const first = await iterator.next();
  assert.ok(!first.done && first.value.kind === 'message');
  assert.equal((await problemOf(readBytes(first.value.raw))).code, 'message.too-large');
  const stopped = await problemOf(iterator.next());
  assert.deepEqual([stopped.code, stopped.retry], ['message.too-large', 'later']);
  mailbox.folders.INBOX = ['1', '2'];
  const { seen } = await readNow(mailbox.source);
  assert.deepEqual(
    seen.map((event) => (event.kind === 'unreadable' ? event.code : event.uid)),
    ['2', 'message.too-large'],
  );
});

test('what was received in the second of the start is read, what came before it is not', async () => {
  const server = { startFrom: '2026-06-15T12:00:00.400Z' };
  const mailbox = scriptedMailbox({ INBOX: ['1', '2'] }, { server });
  mailbox.happenings.set('1', { receivedAt: '2026-06-15T11:59:59.000Z' });
  mailbox.happenings.set('2', { receivedAt: '2026-06-15T12:00:00.000Z' });
  assert.deepEqual(await outcomes(mailbox), ['message 2']);
});

test('a folder that cannot be listed stops the reading only after the others; other trouble at once', async () => {
  for (const [kind, read] of [
    ['folder', ['2']],
    ['unavailable', []],
  ] as const) {
    const listingFails = { Gone: problem(kind) };
    const mailbox = scriptedMailbox({ Gone: ['1'], INBOX: ['2'] }, { listingFails });
    assert.equal((await problemOf(readNow(mailbox.source))).kind, kind);
    assert.deepEqual(mailbox.requests.flat(), read);
  }
});

test('the folder in which something arrived is looked at alone, and all when nobody says where', async () => {
  const mailbox = scriptedMailbox({ INBOX: [], Orders: [] });
  mailbox.waits.push('Orders', null);
  const stop = new AbortController();
  let looks = 0;
  for await (const event of mailbox.source.messages(null, { watch: true, signal: stop.signal })) {
    assert.equal(event.kind, 'caught-up');
    if (++looks === 3) stop.abort();
  }
  assert.deepEqual(mailbox.listings, ['INBOX', 'Orders', 'Orders', 'INBOX', 'Orders']);
});
