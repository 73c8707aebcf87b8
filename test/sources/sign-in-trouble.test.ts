import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startMaildrop } from './pop3-setting.ts';
import { type Script, startScriptedImap } from './scripted-imap.ts';
import { localCertificates, mailServer, openSource, problemOf, tokensFrom } from './setting.ts';

/** Whose trouble it is when nobody is let in, and what a server says back. */

const token = `first-token.${'x'.repeat(60)}`;

async function startImap(t: TestContext, script: Record<string, Script>) {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, script);
  t.after(() => imap.stop());
  const tokens = tokensFrom([token, 'second']);
  const source = openSource(t, mailServer({ port: imap.port, certificateAuthority: caPem }), tokens);
  return { tokens, source };
}

const serversTrouble = [
  'NO Server Unavailable. 15',
  'NO [UNAVAILABLE] Temporary authentication failure.',
  'NO [INUSE] Mailbox is in use',
  'NO [SERVERBUG] oops',
  'NO Temporary System Error',
  'NO System Error (Failure)',
  'NO Internal error occurred. Internal server error',
  'NO Service unavailable',
  'NO AUTHENTICATE failed, please try again later',
  'BAD Server Unavailable. 21',
];
const tokensTrouble = [
  'NO AUTHENTICATE failed.',
  'NO [AUTHENTICATIONFAILED] Invalid credentials',
  'NO [AUTHENTICATIONFAILED] Authentication failed, try again later',
  'NO [EXPIRED] Your token is no longer good',
  'NO Invalid credentials, please try again',
];

test('a server’s own trouble at the sign-in over IMAP blames no token, and keeps it', async (t) => {
  for (const answer of serversTrouble) {
    const { source, tokens } = await startImap(t, {
      AUTHENTICATE: ({ tag, send }) => send(`${tag} ${answer}`),
    });
    const problem = await problemOf(source.inspect());
    assert.equal(problem.code, 'imap.unavailable', answer);
    assert.deepEqual([problem.kind, problem.retry], ['unavailable', 'later']);
    assert.deepEqual(tokens.discarded, [], answer);
  }
  for (const answer of tokensTrouble) {
    const { source, tokens } = await startImap(t, {
      AUTHENTICATE: ({ tag, send }) => send(`${tag} ${answer}`),
    });
    assert.equal((await problemOf(source.inspect())).code, 'imap.sign-in-refused', answer);
    assert.deepEqual(tokens.discarded, [token, 'second'], answer);
  }
});

test('a server that says back what it was shown puts no token into what is told', async (t) => {
  const echoes: ((shown: string) => string)[] = [
    (shown) => shown,
    (shown) => Buffer.from(shown, 'base64').toString().replaceAll('\x01', ' '),
  ];
  for (const echo of echoes) {
    const imap = await startImap(t, {
      AUTHENTICATE: ({ tag, rest, send }) =>
        send(`${tag} NO [AUTHENTICATIONFAILED] you sent ${echo(rest.split(' ')[1] ?? '')}`),
    });
    const pop3 = await startMaildrop(t, {
      AUTH: async ({ send, nextLine }) => {
        send('+ ');
        send(`-ERR [AUTH] you sent ${echo(await nextLine())}`);
      },
    });
    for (const { source } of [imap, pop3]) {
      const problem = await problemOf(source.inspect());
      assert.match(problem.code, /sign-in-refused/);
      assert.match(problem.message, /you sent/);
      for (const shown of [token, 'second', ...pop3.tokens.discarded]) {
        assert.ok(!problem.message.includes(shown), problem.message);
        assert.ok(
          !problem.message.includes(Buffer.from(shown).toString('base64').slice(4, 20)),
          problem.message,
        );
      }
    }
  }
});
