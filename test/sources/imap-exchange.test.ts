import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { TokenSource } from '../../src/model/token.ts';
import { type Script, type ScriptedMessage, startScriptedImap } from './scripted-imap.ts';
import {
  collect,
  localCertificates,
  mailServer,
  openSource,
  problemOf,
  readNow,
  tokensFrom,
} from './setting.ts';

/** What Exchange Online, and others, say where they want to be left alone or will not let anybody in. */

const backoff = 'Request is throttled. Suggested Backoff Time: 92415 milliseconds';
const position = { folder: 'INBOX', validity: '1', uid: '1' };

async function startMailbox(
  t: TestContext,
  script: Record<string, Script>,
  tokens: TokenSource | null = null,
) {
  const { caPem, ...certificate } = await localCertificates(t);
  const messages: ScriptedMessage[] = [{ uid: 1, bytes: Buffer.from('Subject: 1\r\n\r\nmail\r\n') }];
  const imap = await startScriptedImap(certificate, script, messages);
  t.after(() => imap.stop());
  const given = tokensFrom(['first', 'second']);
  const server = mailServer({ port: imap.port, certificateAuthority: caPem });
  return { imap, tokens: given, source: openSource(t, server, tokens ?? given) };
}

const answers: Record<string, Script> = {
  NO: ({ tag, send }) => send(`${tag} NO ${backoff}`),
  BAD: ({ tag, send }) => send(`${tag} BAD ${backoff}`),
  OK: ({ tag, send }) => send(`${tag} OK ${backoff}`),
  BYE: ({ send, hangUp }) => {
    send(`* BYE ${backoff}`);
    hangUp();
  },
};

for (const [kind, answer] of Object.entries(answers))
  test(`a request to slow down in ${kind} is heeded at once, wherever it comes, and no message or token is blamed`, async (t) => {
    for (const command of ['AUTHENTICATE', 'EXAMINE', 'UID SEARCH', 'UID FETCH']) {
      const { tokens, source } = await startMailbox(t, { [command]: answer });
      const began = Date.now();
      const problem = await problemOf(readNow(source));
      assert.equal(problem.code, 'imap.throttled', command);
      assert.ok(problem.retry instanceof Date && problem.retry.getTime() >= began + 92_415);
      assert.match(problem.detail ?? '', /Suggested Backoff Time/);
      assert.deepEqual(tokens.discarded, []);
    }
  });

test('so it is where messages are acted on', async (t) => {
  for (const kind of ['NO', 'BAD', 'BYE']) {
    const { source } = await startMailbox(t, { 'UID STORE': answers[kind] as Script });
    const problem = await problemOf(source.act([position], { action: 'mark-read' }));
    assert.equal(problem.code, 'imap.throttled', kind);
    assert.ok(problem.retry instanceof Date);
  }
});

test('a short pause is waited out, and the reading goes on over the same connection', async (t) => {
  const { imap, source } = await startMailbox(t, {
    'UID FETCH': ({ nth, tag, send, usual }) =>
      nth === 1 ? send(`${tag} BAD Request is throttled. Suggested Backoff Time: 100 milliseconds`) : usual(),
  });
  assert.equal((await readNow(source)).seen.length, 1);
  assert.equal(imap.commands.filter((line) => line.startsWith('AUTHENTICATE')).length, 1);
});

test('too many connections are no fault of the token, in whatever way they are told', async (t) => {
  const refusals: Script[] = [
    ({ tag, send }) => send(`${tag} NO [ALERT] Too many simultaneous connections. (Failure)`),
    ({ send, hangUp }) => {
      send('* BYE Too many concurrent connections opened. Please close some and try again.');
      hangUp();
    },
  ];
  for (const refuse of refusals) {
    const { tokens, source } = await startMailbox(t, { AUTHENTICATE: refuse });
    assert.equal((await problemOf(source.inspect())).code, 'imap.throttled');
    assert.deepEqual(tokens.discarded, []);
  }
});

test('a token that expires in mid-flight is discarded, however it is told', async (t) => {
  const endings: Record<string, Script> = {
    IDLE: ({ send, hangUp }) => {
      send('* BYE Session invalidated - AccessTokenExpired');
      hangUp();
    },
    'UID SEARCH': ({ tag, send }) => send(`${tag} BAD Session invalidated - AccessTokenExpired`),
  };
  for (const [command, end] of Object.entries(endings)) {
    const { source, tokens } = await startMailbox(t, { [command]: end });
    const { signal } = new AbortController();
    const problem = await problemOf(collect(source.messages(null, { watch: true, signal })));
    assert.match(problem.detail ?? '', /AccessTokenExpired/);
    assert.equal(problem.retry, 'later');
    assert.deepEqual(tokens.discarded, ['first']);
  }
});

test('a password opens a mailbox; a wrong one is told as that, and not shown a second time', async (t) => {
  const discarded: string[] = [];
  const password: TokenSource = {
    accessToken: async () => ({
      token: 'pass ~+&% "word"',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      isPassword: true,
    }),
    discard: (token) => void discarded.push(token),
  };
  const shown: string[] = [];
  const plain =
    (isRight: boolean): Script =>
    async ({ tag, rest, send, ok, nextLine }) => {
      assert.equal(rest, 'PLAIN');
      send('+ ');
      shown.push(Buffer.from(await nextLine(), 'base64').toString());
      if (isRight) ok();
      else send(`${tag} NO [AUTHENTICATIONFAILED] Invalid credentials`);
    };
  const script = (isRight: boolean): Record<string, Script> => ({
    CAPABILITY({ send, ok }) {
      send('* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2');
      ok();
    },
    AUTHENTICATE: plain(isRight),
  });
  assert.equal((await readNow((await startMailbox(t, script(true), password)).source)).seen.length, 1);
  const problem = await problemOf((await startMailbox(t, script(false), password)).source.inspect());
  assert.equal(problem.code, 'imap.password-refused');
  assert.match(problem.title, /password/);
  assert.deepEqual(shown, Array(2).fill('\0support@example.com\0pass ~+&% "word"'));
  assert.deepEqual(discarded, ['pass ~+&% "word"'], 'it rests for a while');
});

test('a password goes by LOGIN where the server offers no SASL for it', async (t) => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const password: TokenSource = {
    accessToken: async () => ({ token: 'word', expiresAt, isPassword: true }),
    discard() {},
  };
  const { imap, source } = await startMailbox(
    t,
    {
      CAPABILITY({ send, ok }) {
        send('* CAPABILITY IMAP4rev1');
        ok();
      },
    },
    password,
  );
  await source.inspect();
  assert.ok(imap.commands.includes('LOGIN "support@example.com" "word"'), imap.commands.join('\n'));
});
