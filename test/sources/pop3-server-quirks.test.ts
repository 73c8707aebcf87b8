import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInstant } from '../../src/resources/incoming-server/resource.ts';
import { scripted, startMaildrop } from './pop3-setting.ts';
import type { ScriptPop3 } from './scripted-pop3.ts';
import { collect, problemOf, readBytes, readNow } from './setting.ts';

/** Servers that misbehave in ways seen in the field, played by a script. */

const three = ['a', 'b', 'c'].map((uid) => scripted(uid));
const kinds = (seen: { kind: string; uid: string }[]) => seen.map(({ kind, uid }) => [kind, uid]);

test('a locked maildrop is tried again until its turn comes', async (t) => {
  const { source } = await startMaildrop(
    t,
    {
      AUTH: async ({ nth, send, nextLine, usual }) => {
        if (nth > 2) return usual();
        send('+ ');
        await nextLine();
        send(nth === 1 ? '-ERR [IN-USE] Do you have another POP session running?' : '-ERR mailbox is locked');
      },
    },
    three,
  );
  assert.equal((await readNow(source)).seen.length, 3);
});

test('a server that asks not to be asked so often is asked again later, and no token is blamed', async (t) => {
  const answers = {
    '-ERR [LOGIN-DELAY] minimum time between mail checks violation': 60_000,
    '-ERR Request is throttled. Suggested Backoff Time: 92415 milliseconds': 92_415,
  };
  for (const [answer, wait] of Object.entries(answers)) {
    const began = Date.now();
    const { source, tokens } = await startMaildrop(t, {
      AUTH: async ({ send, nextLine }) => {
        send('+ ');
        await nextLine();
        send(answer);
      },
    });
    const problem = await problemOf(readNow(source));
    assert.equal(problem.code, 'pop3.throttled');
    assert.ok(problem.retry instanceof Date && problem.retry.getTime() >= began + wait);
    assert.deepEqual(tokens.discarded, []);
  }
});

test('a server that can let nobody in just now, and one on which POP is off, blame no token', async (t) => {
  const answers = {
    '-ERR [SYS/TEMP] Temporary system problem. Please try again later.': 'pop3.unavailable',
    '-ERR Server Unavailable. 15': 'pop3.unavailable',
    '-ERR [SYS/PERM] Your account is not enabled for POP access.': 'pop3.switched-off',
  };
  for (const [answer, code] of Object.entries(answers)) {
    const { source, tokens } = await startMaildrop(t, {
      AUTH: async ({ send, nextLine }) => {
        send('+ ');
        await nextLine();
        send(answer);
      },
    });
    const problem = await problemOf(source.inspect());
    assert.equal(problem.code, code);
    assert.equal(problem.retry, 'later');
    assert.deepEqual(tokens.discarded, []);
  }
});

test('"authenticated but not connected" is explained with all its causes, and is retried', async (t) => {
  const { source, tokens } = await startMaildrop(t, {
    UIDL: ({ send }) => send('-ERR User is authenticated but not connected.'),
    STAT: ({ send }) => send('-ERR User is authenticated but not connected.'),
  });
  const problem = await problemOf(source.inspect());
  assert.equal(problem.code, 'pop3.not-connected');
  assert.equal(problem.retry, 'later');
  assert.match(problem.cause ?? '', /Another account.*POP3 is switched off/);
  assert.deepEqual(tokens.discarded, []);
});

test('a server without unique ids is refused: its messages would come again and again', async (t) => {
  const { source } = await startMaildrop(t, { UIDL: ({ send }) => send('-ERR unknown command') }, three);
  const problem = await problemOf(readNow(source));
  assert.equal(problem.code, 'pop3.no-unique-ids');
  assert.match(problem.remedy ?? '', /IMAP/);
});

test('a server that refuses to list an empty maildrop has an empty maildrop', async (t) => {
  const { source } = await startMaildrop(t, { UIDL: ({ send }) => send('-ERR no messages') });
  assert.deepEqual((await readNow(source)).seen, []);
});

test('from now: the age of the newest is asked for at the first look, of each that comes later before it is read', async (t) => {
  const now = new Date();
  const { pop3, source } = await startMaildrop(t, {}, [...three], {
    createdAt: now.toISOString(),
    startFrom: startInstant('now', null, now),
  });
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(seen, []);
  pop3.maildrop.messages.push(scripted('old', 'x', 'Mon, 1 Jun 2026 00:00:00 +0000'), scripted('new'));
  assert.deepEqual(kinds((await readNow(source, cursor)).seen), [['message', 'new']]);
  assert.deepEqual(
    pop3.commands.filter((line) => /^(TOP|RETR)/.test(line)),
    ['TOP 3 0', 'TOP 2 0', 'TOP 1 0', 'TOP 4 0', 'TOP 5 0', 'RETR 5'],
  );
});

test('from now: what came between the adding and the first look is read, however many came before', async (t) => {
  const old = Array.from({ length: 500 }, (_, i) =>
    scripted(`old${i}`, 'x', 'Mon, 1 Jun 2026 00:00:00 +0000'),
  );
  const since = new Date(Date.now() + 60_000).toUTCString();
  const young = Array.from({ length: 98 }, (_, i) => scripted(`young${i}`, 'x', since));
  const now = new Date();
  const server = { createdAt: now.toISOString(), startFrom: startInstant('now', null, now) };
  const { pop3, source } = await startMaildrop(t, {}, [...old, ...young], server);
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(
    seen.map(({ uid }) => uid),
    young.map(({ uid }) => uid),
  );
  assert.ok(pop3.commands.filter((line) => line.startsWith('TOP')).length < 300);
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('from a date without TOP: what is too old is read to learn that, not taken, and not forgotten by the server', async (t) => {
  const before = scripted('old', 'old', 'Mon, 1 Jun 2026 00:00:00 +0000');
  const large = scripted('large', `${'x'.repeat(2_000_000)}`, 'Mon, 1 Jun 2026 00:00:00 +0000');
  const since = scripted('new', 'new', 'Tue, 30 Jun 2026 00:00:00 +0000');
  const { pop3, source } = await startMaildrop(
    t,
    { TOP: ({ send }) => send('-ERR unknown command') },
    [before, large, since],
    { startFrom: '2026-06-15T00:00:00.000Z' },
  );
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(kinds(seen), [['message', 'new']]);
  assert.deepEqual((await readNow(source, cursor)).seen, []);
  assert.equal(pop3.commands.filter((line) => line.startsWith('RETR')).length, 3);
});

test('the age of messages is asked for once, also where the connection breaks on the way', async (t) => {
  const old = Array.from({ length: 10 }, (_, i) => scripted(`m${i}`, 'x', 'Mon, 1 Jun 2026 00:00:00 +0000'));
  const { pop3, source } = await startMaildrop(
    t,
    { TOP: ({ nth, usual, hangUp }) => (nth === 4 || nth === 9 ? hangUp() : usual()) },
    old,
    { startFrom: '2026-06-15T00:00:00.000Z' },
  );
  for (let broken = 0; broken < 2; broken++) await problemOf(readNow(source));
  assert.deepEqual((await readNow(source)).seen, []);
  const asked = pop3.commands.filter((line) => line.startsWith('TOP')).map((line) => line.split(' ')[1]);
  assert.deepEqual(asked.slice(0, 4), ['1', '2', '3', '4']);
  assert.equal(new Set(asked).size, 10);
  // Those at which it broke are asked for again, and what they are compared with
  assert.ok(asked.length <= 16, asked.join(' '));
});

test('a message that the server refuses is asked for three times, then told as unreadable; the others come', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    { RETR: ({ rest, send, usual }) => (rest === '2' ? send('-ERR cannot convert it') : usual()) },
    three,
  );
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(kinds(seen), [
    ['message', 'a'],
    ['message', 'c'],
    ['unreadable', 'b'],
  ]);
  assert.equal(pop3.commands.filter((line) => line === 'RETR 2').length, 3);
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('a message at which the connection breaks every time is given up, and those behind it come', async (t) => {
  const { source } = await startMaildrop(
    t,
    { RETR: ({ rest, usual, hangUp }) => (rest === '2' ? hangUp() : usual()) },
    three,
  );
  const seen: unknown[] = [];
  let cursor: string | null = null;
  let breaks = 0;
  for (let isOver = false; !isOver; ) {
    try {
      for await (const event of source.messages(cursor, {
        watch: false,
        signal: new AbortController().signal,
      })) {
        cursor = event.cursor;
        if (event.kind === 'caught-up') isOver = true;
        else seen.push([event.kind, event.position.uid]);
      }
    } catch {
      breaks++;
    }
  }
  assert.deepEqual(seen, [
    ['message', 'a'],
    ['message', 'c'],
    ['unreadable', 'b'],
  ]);
  assert.equal(breaks, 2);
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('a server that is out of order while it gives messages makes none of them unreadable', async (t) => {
  const { source } = await startMaildrop(
    t,
    { RETR: ({ nth, send, usual }) => (nth === 2 ? send('-ERR Server Unavailable. 21') : usual()) },
    three,
  );
  const first = readNow(source);
  assert.equal((await problemOf(first)).code, 'pop3.unavailable');
  const { seen } = await readNow(source);
  assert.deepEqual(kinds(seen), [
    ['message', 'c'],
    ['message', 'b'],
  ]);
});

test('a message above the limit is told as such and never fetched; the others come', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    {},
    [scripted('a'), { uid: 'b', bytes: Buffer.alloc(60_000, 'x\r\n') }, scripted('c')],
    {},
    { maxMessageBytes: 50_000 },
  );
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => (event.kind === 'unreadable' ? event.code : event.uid)),
    ['a', 'message.too-large', 'c'],
  );
  assert.ok(!pop3.commands.includes('RETR 2'));
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('a message that goes on beyond the limit, whatever was announced, is given up at once', async (t) => {
  const huge = { uid: 'b', bytes: Buffer.alloc(3_000_000, 'Letterbox\r\n'), announced: 1_000 };
  const { source } = await startMaildrop(
    t,
    {},
    [scripted('a'), huge, scripted('c')],
    {},
    {
      maxMessageBytes: 2_000_000,
    },
  );
  const stopped = await problemOf(readNow(source));
  assert.deepEqual([stopped.code, stopped.retry], ['message.too-large', 'later']);
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => (event.kind === 'unreadable' ? event.code : event.uid)),
    ['c', 'message.too-large'],
  );
});

test('a message is read whole where the server announces a wrong size, as Exchange does', async (t) => {
  const large = Buffer.alloc(1_100_000, 'Letterbox\r\n');
  const { source } = await startMaildrop(t, {}, [
    { uid: 'less', bytes: large, announced: large.length - 12_345 },
    { uid: 'more', bytes: large, announced: large.length + 12_345 },
  ]);
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => event.kind === 'message' && event.length),
    [large.length, large.length],
  );
});

test('a large message that breaks off is not taken for a whole one, nor passed over', async (t) => {
  const large = Buffer.alloc(3_300_000, 'Letterbox\r\n');
  const breakOff: ScriptPop3 = ({ nth, send, usual, hangUp }) => {
    if (nth > 1) return usual();
    send('+OK', large.subarray(0, 2_200_000).toString());
    hangUp();
  };
  const { source } = await startMaildrop(t, { RETR: breakOff }, [{ uid: 'a', bytes: large }, scripted('b')]);
  source.memory.isWorking = false;
  const events = source
    .messages(null, { watch: false, signal: new AbortController().signal })
    [Symbol.asyncIterator]();
  const first = await events.next();
  assert.ok(!first.done && first.value.kind === 'message');
  assert.equal((await problemOf(readBytes(first.value.raw))).code, 'pop3.connection-lost');
  assert.equal((await problemOf(events.next())).code, 'pop3.connection-lost');
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => event.kind === 'message' && event.length),
    [scripted('b').bytes.length, large.length],
  );
});

test('a token that runs out while reading is discarded, and the reading ends with the reason', async (t) => {
  const { source, tokens } = await startMaildrop(
    t,
    {
      RETR: ({ nth, send, usual }) =>
        nth === 2 ? send('-ERR Session invalidated - AccessTokenExpired') : usual(),
    },
    three,
  );
  const problem = await problemOf(readNow(source));
  assert.match(problem.detail ?? '', /AccessTokenExpired/);
  assert.deepEqual(tokens.discarded, ['first']);
  assert.equal((await readNow(source)).seen.length, 2);
});

test('a server that wants long rests between sessions gets them', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    { CAPA: ({ send }) => send('+OK', 'UIDL', 'LOGIN-DELAY 1', 'EXPIRE 0', 'SASL XOAUTH2', '.') },
    [],
    {},
    { reconcileSeconds: 0.1 },
  );
  const stop = new AbortController();
  const looks: number[] = [];
  for await (const _ of source.messages(null, { watch: true, signal: stop.signal })) {
    looks.push(performance.now());
    if (looks.length === 3) stop.abort();
  }
  assert.ok((looks[1] ?? 0) - (looks[0] ?? 0) >= 900 && (looks[2] ?? 0) - (looks[1] ?? 0) >= 900);
  assert.equal(pop3.sessions.most, 1);
});

test('a server that hides what was read is not left with stored messages in the way of new ones', async (t) => {
  const { pop3, source } = await startMaildrop(
    t,
    {
      CAPA: ({ send }) => send('+OK', 'UIDL', 'EXPIRE 0', 'SASL XOAUTH2', '.'),
      // As Gmail, but it shows two at a time
      UIDL: ({ maildrop, send }) =>
        send('+OK', ...maildrop.messages.slice(0, 2).map(({ uid }, i) => `${i + 1} ${uid}`), '.'),
      QUIT: async ({ maildrop, usual }) => {
        const session = pop3.commands.slice(pop3.commands.lastIndexOf('AUTH XOAUTH2'));
        const count = session.filter((line) => line.startsWith('RETR')).length;
        maildrop.messages = maildrop.messages.slice(count);
        await usual();
      },
    },
    three,
  );
  // Stored, and then the session broke
  for (const uid of ['a', 'b']) source.memory.stored.add(uid);
  const { signal } = new AbortController();
  const uids: string[] = [];
  for (let look = 1; look <= 2; look++)
    for await (const event of source.messages(null, { watch: false, signal }))
      if (event.kind === 'message') uids.push(event.position.uid);
  assert.deepEqual(uids, ['c']);
  assert.deepEqual(pop3.maildrop.messages, []);
});

test('an abort ends the reading without an error, wherever it is', async (t) => {
  for (const stuck of ['GREETING', 'CAPA', 'AUTH', 'UIDL', 'LIST', 'RETR', 'QUIT']) {
    const stop = new AbortController();
    const { source } = await startMaildrop(t, { [stuck]: () => stop.abort() }, three);
    const events = await collect(source.messages(null, { watch: true, signal: stop.signal }));
    assert.ok(!events.some(({ kind }) => kind === 'unreadable'), stuck);
    if (stuck !== 'QUIT') assert.ok(!events.some(({ kind }) => kind === 'caught-up'), stuck);
  }
});

test('closing ends at once whatever is under way, with a Problem for those who wait', async (t) => {
  const { source } = await startMaildrop(t, { DELE: () => void source.close() }, three);
  const position = { folder: 'INBOX', validity: '', uid: 'a' };
  const problem = await problemOf(source.act([position], { action: 'delete' }));
  assert.equal(problem.code, 'pop3.stopped');
  assert.equal((await problemOf(source.inspect())).code, 'pop3.stopped');
});
