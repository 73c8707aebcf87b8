import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';

import { rowOf, type Script, type ScriptedMessage, select, startScriptedImap } from './scripted-imap.ts';
import {
  collect,
  localCertificates,
  mailServer,
  openSource,
  problemOf,
  readBytes,
  readNow,
  see,
  tokensFrom,
} from './setting.ts';

/** Servers that misbehave in ways seen in the field, played by a script. */

async function startMailbox(
  t: TestContext,
  script: Record<string, Script>,
  messages: ScriptedMessage[] = [],
  fields: Partial<MailServer> = {},
  options: Partial<Config['intake']> = {},
) {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, script, messages);
  t.after(() => imap.stop());
  const tokens = tokensFrom(['first', 'second']);
  const server = mailServer({ port: imap.port, certificateAuthority: caPem, ...fields });
  return { imap, tokens, source: openSource(t, server, tokens, options) };
}

function mail(uid: number, text = `mail ${uid}`): ScriptedMessage {
  return { uid, bytes: Buffer.from(`Subject: ${uid}\r\n\r\n${text}\r\n`) };
}

test('mail told of before the "+ idling" line is fetched, not stumbled over', async (t) => {
  const { imap, source } = await startMailbox(t, {
    async IDLE({ nth, mailbox, send, ok, nextLine }) {
      if (nth === 1) {
        mailbox.messages.push(mail(1));
        send('* 1 EXISTS');
      }
      send('+ idling');
      await nextLine();
      ok();
    },
  });
  const stop = new AbortController();
  const kinds: string[] = [];
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    kinds.push(event.kind);
    if (kinds.length === 3) stop.abort();
  }
  assert.deepEqual(kinds, ['caught-up', 'message', 'caught-up']);
  assert.equal(imap.commands.filter((line) => line.startsWith('UID FETCH')).length, 1);
});

test('a server that falls silent in IDLE is noticed by the NOOP it does not answer', async (t) => {
  const { source } = await startMailbox(
    t,
    { IDLE: ({ send }) => send('+ idling') },
    [],
    {},
    { idleSeconds: 1 },
  );
  const { signal } = new AbortController();
  const reading = collect(source.messages(null, { watch: true, signal }));
  assert.equal((await problemOf(reading)).code, 'imap.silent');
});

test('mail that IDLE never tells of is found by the reconciling look', async (t) => {
  const { imap, source } = await startMailbox(t, {}, [], {}, { reconcileSeconds: 0.1 });
  const stop = new AbortController();
  const uids: string[] = [];
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind === 'caught-up') imap.mailbox.messages = [mail(7)];
    else uids.push(event.position.uid);
    if (uids.length > 0) stop.abort();
  }
  assert.deepEqual(uids, ['7']);
});

test('a server without IDLE is asked by NOOP, and its news is taken', async (t) => {
  const { source } = await startMailbox(
    t,
    {
      async CAPABILITY({ send, ok }) {
        send('* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2');
        ok();
      },
      NOOP({ mailbox, send, ok }) {
        if (mailbox.messages.length === 0) {
          mailbox.messages.push(mail(1));
          send('* 1 EXISTS');
        }
        ok();
      },
    },
    [],
    {},
    { reconcileSeconds: 600 },
  );
  const stop = new AbortController();
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind === 'message') stop.abort();
  }
  assert.ok(stop.signal.aborted);
});

test('a message that the server refuses is asked for three times, then told as unreadable; the others come', async (t) => {
  const refuseThree: Script = ({ rest, tag, mailbox, send, ok }) => {
    const wanted = select(mailbox.messages, rest.split(' ')[0] ?? '');
    for (const message of wanted) {
      if (message.uid === 3 && rest.includes('BODY')) return send(`${tag} NO [SERVERBUG] cannot convert`);
      send(...rowOf(message, message.uid, rest));
    }
    ok();
  };
  const { imap, source } = await startMailbox(
    t,
    { 'UID FETCH': refuseThree },
    [1, 2, 3, 4, 5].map((n) => mail(n)),
  );
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => [event.kind, event.uid]),
    [
      ['message', '1'],
      ['message', '2'],
      ['message', '4'],
      ['unreadable', '3'],
      ['message', '5'],
    ],
  );
  assert.equal(imap.commands.filter((line) => /^UID FETCH 3 .*BODY/.test(line)).length, 3);
  assert.deepEqual((await readNow(source, cursor)).seen, []);
});

test('a message left out of the answer is asked for again before anything else is forgotten', async (t) => {
  const leaveOutTwo: Script = async ({ nth, rest, mailbox, send, ok, usual }) => {
    if (nth > 1) return usual();
    for (const message of mailbox.messages) if (message.uid !== 2) send(...rowOf(message, message.uid, rest));
    ok();
  };
  const { source } = await startMailbox(
    t,
    { 'UID FETCH': leaveOutTwo },
    [1, 2, 3].map((n) => mail(n)),
  );
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map(({ uid }) => uid),
    ['1', '3', '2'],
  );
  const afterThree = seen[1]?.cursor ?? '';
  assert.deepEqual(
    (await readNow(source, afterThree)).seen.map(({ uid }) => uid),
    ['2'],
    'the cursor in between knows what was passed over',
  );
});

test('a message that comes back empty is unreadable, not an empty mail', async (t) => {
  const hollow: Script = ({ rest, mailbox, send, ok }) => {
    for (const message of select(mailbox.messages, rest.split(' ')[0] ?? '')) {
      const emptied = {
        ...message,
        announced: 500,
        bytes: message.uid === 2 ? Buffer.alloc(0) : message.bytes,
      };
      send(...rowOf(emptied, message.uid, rest));
    }
    ok();
  };
  const { source } = await startMailbox(
    t,
    { 'UID FETCH': hollow },
    [1, 2, 3].map((n) => mail(n)),
  );
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => [event.kind, event.uid]),
    [
      ['message', '1'],
      ['unreadable', '2'],
      ['message', '3'],
    ].toSorted(([, a], [, b]) => Number(a === '2') - Number(b === '2')),
  );
});

test('a message that was expunged in mid-fetch is passed over', async (t) => {
  const expungeTwo: Script = ({ rest, mailbox, send, ok }) => {
    mailbox.messages = mailbox.messages.filter(({ uid }) => uid !== 2);
    for (const message of select(mailbox.messages, rest.split(' ')[0] ?? ''))
      send(...rowOf(message, message.uid, rest));
    ok();
  };
  const { source } = await startMailbox(
    t,
    { 'UID FETCH': expungeTwo },
    [1, 2, 3].map((n) => mail(n)),
  );
  assert.deepEqual(
    (await readNow(source)).seen.map((event) => [event.kind, event.uid]),
    [
      ['message', '1'],
      ['message', '3'],
    ],
  );
});

test('a message is read whole where the server announces a wrong size, as Exchange does', async (t) => {
  const large = Buffer.alloc(2_500_000, 'Letterbox\r\n');
  const { source } = await startMailbox(t, {}, [
    { uid: 1, bytes: large, announced: large.length - 12_345 },
    { uid: 2, bytes: large, announced: large.length + 12_345 },
    { uid: 3, bytes: mail(3).bytes, announced: 10_000 },
  ]);
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => event.kind === 'message' && event.length),
    [large.length, large.length, mail(3).bytes.length],
  );
});

test('a message is read once where the server ignores the range and gives everything each time', async (t) => {
  const messages = [Buffer.alloc(2_500_000, 'Letterbox\r\n'), Buffer.alloc(700_000, 'Letterbox\r\n')].map(
    (bytes, i) => ({ uid: i + 1, bytes, announced: bytes.length + 99 }),
  );
  const ignoreRange: Script = ({ rest, mailbox, send, ok }) => {
    const query = rest.replace(/<[\d.]+>/, '');
    for (const message of select(mailbox.messages, rest.split(' ')[0] ?? ''))
      send(...rowOf(message, message.uid, query));
    ok();
  };
  const { source } = await startMailbox(t, { 'UID FETCH': ignoreRange }, messages);
  assert.deepEqual(
    (await readNow(source)).seen.map((event) => event.kind === 'message' && event.length),
    [2_500_000, 700_000],
  );
});

test('a message at which the connection breaks every time is given up, and those behind it come', async (t) => {
  const breakAtTwo: Script = ({ rest, mailbox, send, ok, hangUp }) => {
    for (const message of select(mailbox.messages, rest.split(' ')[0] ?? '')) {
      if (message.uid === 2) return hangUp();
      send(...rowOf(message, message.uid, rest));
    }
    ok();
  };
  const { source } = await startMailbox(
    t,
    { 'UID FETCH': breakAtTwo },
    [1, 2, 3].map((n) => mail(n)),
  );
  const seen: unknown[] = [];
  let cursor: string | null = null;
  let breaks = 0;
  while (seen.length < 3) {
    try {
      for await (const event of source.messages(cursor, {
        watch: false,
        signal: new AbortController().signal,
      })) {
        cursor = event.cursor;
        if (event.kind !== 'caught-up') seen.push([event.kind, event.position.uid]);
      }
    } catch {
      breaks++;
    }
  }
  assert.deepEqual(seen, [
    ['message', '1'],
    ['message', '3'],
    ['unreadable', '2'],
  ]);
  assert.equal(breaks, 2);
});

test('a large message whose rest is refused is not taken for a whole one, nor passed over', async (t) => {
  const large = Buffer.alloc(1_600_000, 'Letterbox\r\n');
  let refusing = true;
  const refuseRest: Script = ({ tag, rest, send, usual }) => {
    if (refusing && /<1048576\./.test(rest)) return send(`${tag} NO not now`);
    return usual();
  };
  const { source } = await startMailbox(t, { 'UID FETCH': refuseRest }, [{ uid: 1, bytes: large }, mail(2)]);
  const events = source.messages(null, { watch: false, signal: new AbortController().signal });
  const iterator = events[Symbol.asyncIterator]();
  const first = await iterator.next();
  assert.ok(!first.done && first.value.kind === 'message');
  assert.equal((await problemOf(readBytes(first.value.raw))).code, 'imap.refused');
  assert.equal((await problemOf(iterator.next())).code, 'imap.refused');
  refusing = false;
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => event.kind === 'message' && event.length),
    [mail(2).bytes.length, large.length],
  );
});

test('a message above the limit is told as such and never fetched; the others come', async (t) => {
  const { imap, source } = await startMailbox(
    t,
    {},
    [mail(1), { uid: 2, bytes: Buffer.alloc(60_000) }, mail(3)],
    {},
    { maxMessageBytes: 50_000 },
  );
  const { seen } = await readNow(source);
  assert.deepEqual(
    seen.map((event) => [event.uid, event.kind === 'unreadable' ? event.code : event.kind]),
    [
      ['1', 'message'],
      ['2', 'message.too-large'],
      ['3', 'message'],
    ],
  );
  assert.ok(!imap.commands.some((line) => /^UID FETCH 2 .*BODY/.test(line)));
});

test('"authenticated but not connected" is explained with all its causes, and is retried', async (t) => {
  const { source, tokens } = await startMailbox(t, {
    NAMESPACE: ({ tag, send }) => send(`${tag} BAD User is authenticated but not connected.`),
  });
  const problem = await problemOf(source.inspect());
  assert.equal(problem.code, 'imap.not-connected');
  assert.equal(problem.retry, 'later');
  for (const cause of [
    'Another account',
    'shared',
    'Enterprise application',
    'IMAP is switched off',
    'passing',
  ]) {
    assert.match(problem.cause ?? '', new RegExp(cause));
  }
  assert.deepEqual(tokens.discarded, [], 'the token is not to blame');
});

test('it is told as well when the first sign of it comes at the folder', async (t) => {
  const { source } = await startMailbox(t, {
    EXAMINE: ({ tag, send, hangUp }) => {
      send(`${tag} BAD User is authenticated but not connected.`);
      hangUp();
    },
  });
  assert.equal((await problemOf(readNow(source))).code, 'imap.not-connected');
});

test('a mailbox without folders is an error with causes', async (t) => {
  const { source } = await startMailbox(t, { LIST: ({ ok }) => ok() });
  const problem = await problemOf(source.inspect());
  assert.equal(problem.code, 'imap.no-folders');
  assert.match(problem.cause ?? '', /full access/);
});

test('a refused token is discarded and a fresh one tried, once', async (t) => {
  const refuse =
    (wanted: (sasl: string) => boolean): Script =>
    async ({ tag, rest, send, ok, nextLine }) => {
      if (wanted(Buffer.from(rest.split(' ')[1] ?? '', 'base64').toString()))
        return ok('AUTHENTICATE completed.');
      send(`+ ${Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')}`);
      assert.equal(await nextLine(), '', 'the challenge is answered with an empty line');
      send(`${tag} NO AUTHENTICATE failed.`);
    };
  const lenient = await startMailbox(t, { AUTHENTICATE: refuse((sasl) => sasl.includes('Bearer second')) });
  await lenient.source.inspect();
  assert.deepEqual(lenient.tokens.discarded, ['first']);

  const strict = await startMailbox(t, { AUTHENTICATE: refuse(() => false) });
  const problem = await problemOf(strict.source.inspect());
  assert.equal(problem.code, 'imap.sign-in-refused');
  assert.match(problem.detail ?? '', /Support at localhost:\d+.*AUTHENTICATE failed/);
  assert.deepEqual(strict.tokens.discarded, ['first', 'second']);
});

test('a server that offers no OAuth is named as that', async (t) => {
  const { source } = await startMailbox(t, {
    CAPABILITY({ send, ok }) {
      send('* CAPABILITY IMAP4rev1 AUTH=PLAIN');
      ok();
    },
  });
  assert.equal((await problemOf(source.inspect())).code, 'imap.no-oauth');
});

test('a folder that is missing does not keep the others from being read, and is told after them', async (t) => {
  const onlyInbox: Script = ({ rest, tag, send, usual }) =>
    /INBOX/.test(rest) ? usual() : send(`${tag} NO no such folder`);
  const listInbox: Script = ({ rest, ok, usual }) => (/Gone/.test(rest) ? ok() : usual());
  const { source } = await startMailbox(t, { EXAMINE: onlyInbox, LIST: listInbox }, [mail(1)], {
    folders: ['Gone', 'INBOX'],
  });
  const seen: string[] = [];
  const reading = (async () => {
    const { signal } = new AbortController();
    for await (const event of source.messages(null, { watch: true, signal })) {
      if (event.kind === 'message') seen.push((await see(event)).uid);
    }
  })();
  const problem = await problemOf(reading);
  assert.equal(problem.code, 'imap.folder-missing');
  assert.match(problem.detail ?? '', /Gone/);
  assert.deepEqual(seen, ['1']);
});

test('an abort ends the reading without an error, wherever it is', async (t) => {
  for (const stuck of ['AUTHENTICATE', 'EXAMINE', 'UID SEARCH', 'UID FETCH', 'IDLE']) {
    const stop = new AbortController();
    const { source } = await startMailbox(t, { [stuck]: () => stop.abort() }, [mail(1)]);
    const events = await collect(source.messages(null, { watch: true, signal: stop.signal }));
    assert.ok(!events.some(({ kind }) => kind === 'unreadable'), stuck);
  }
});

test('without UIDPLUS nothing is expunged: the messages stay, flagged as deleted', async (t) => {
  const { imap, source } = await startMailbox(t, {
    CAPABILITY({ send, ok }) {
      send('* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2');
      ok();
    },
  });
  const position = { folder: 'INBOX', validity: '1', uid: '5' };
  await source.act([position], { action: 'delete' });
  await source.act([position], { action: 'move', folder: 'Done' });
  assert.ok(!imap.commands.some((line) => /EXPUNGE/.test(line)));
  assert.equal(imap.commands.filter((line) => line.startsWith('UID STORE 5 +FLAGS')).length, 2);
});

test('an action under an old UIDVALIDITY touches nothing', async (t) => {
  const { imap, source } = await startMailbox(t, {}, [mail(5)]);
  imap.mailbox.validity = 2;
  await source.act([{ folder: 'INBOX', validity: '1', uid: '5' }], { action: 'delete' });
  assert.ok(!imap.commands.some((line) => /STORE|EXPUNGE/.test(line)));
});
