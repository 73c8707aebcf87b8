import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { createLabAuthority } from '../../lab/certificates.ts';
import type { TokenSource } from '../../src/model/token.ts';
import { type DovecotWorld, mail, startDovecotWorld } from './dovecot-world.ts';
import { openPop3, startMaildrop } from './pop3-setting.ts';
import type { ScriptPop3 } from './scripted-pop3.ts';
import { localCertificates, mailServer, problemOf, readNow, temporaryFolder } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

function password(text: string): TokenSource & { discarded: string[] } {
  const discarded: string[] = [];
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  return {
    discarded,
    accessToken: async () => ({ token: text, expiresAt, isPassword: true }),
    discard: (token) => void discarded.push(token),
  };
}

test('a token that is no longer accepted is replaced by a fresh one without anyone noticing', async (t) => {
  const user = 'expired@example.com';
  await world.dovecot.deliver(user, mail(1));
  const expired = await world.tokenFor(user, new Date(Date.now() - 60_000));
  const discarded: string[] = [];
  const tokens = {
    accessToken: async () =>
      discarded.includes(expired)
        ? world.tokensFor(user).accessToken()
        : { token: expired, expiresAt: new Date(Date.now() + 60_000).toISOString() },
    discard: (token: string) => void discarded.push(token),
  };
  const source = openPop3(t, world.pop3Server(user), tokens);
  assert.equal((await readNow(source)).seen.length, 1);
  assert.deepEqual(discarded, [expired]);
});

test("a token for another account is refused, and the problem names the mailbox and the server's words", async (t) => {
  const source = openPop3(t, world.pop3Server('mine@example.com'), world.tokensFor('other@example.com'));
  const problem = await problemOf(readNow(source));
  assert.equal(problem.code, 'pop3.sign-in-refused');
  assert.match(problem.detail ?? '', /Support at localhost.*mine@example\.com/);
  assert.match(problem.cause ?? '', /POP\.AccessAsUser\.All/);
});

test('a password opens a mailbox, and a wrong one is told as that and not shown a second time', async (t) => {
  const user = 'password@example.com';
  await world.dovecot.deliver(user, mail(1));
  const right = openPop3(t, world.pop3Server(user), password('lab'));
  assert.equal((await readNow(right)).seen.length, 1);
  const wrong = password('guess');
  const problem = await problemOf(openPop3(t, world.pop3Server(user), wrong).inspect());
  assert.equal(problem.code, 'pop3.password-refused');
  assert.match(problem.title, /password/);
  assert.deepEqual(wrong.discarded, ['guess'], 'it rests for a while');
});

test('a password goes by USER and PASS where the server knows no SASL', async (t) => {
  const { pop3, server } = await startMaildrop(t, {
    CAPA: ({ send }) => send('-ERR what?'),
    USER: ({ send }) => send('+OK'),
    PASS: ({ send }) => send('+OK'),
  });
  await openPop3(t, server, password('long live: ~+&% "')).inspect();
  assert.deepEqual(pop3.commands.slice(0, 3), ['CAPA', `USER ${server.address}`, 'PASS long live: ~+&% "']);
});

test('the token comes on a line of its own, after the server asked for it, as Exchange Online wants it', async (t) => {
  let response = '';
  const strict: ScriptPop3 = async ({ rest, send, nextLine, hangUp }) => {
    if (rest !== 'XOAUTH2') {
      send('-ERR Protocol error. Connection is closed. 10');
      return hangUp();
    }
    send('+ ');
    response = Buffer.from(await nextLine(), 'base64').toString();
    send('+OK User successfully authenticated.');
  };
  const { source, server } = await startMaildrop(t, { AUTH: strict });
  await source.inspect();
  assert.equal(response, `user=${server.address}\x01auth=Bearer first\x01\x01`);
});

test('OAUTHBEARER is used where there is no XOAUTH2', async (t) => {
  let response = '';
  const { source, server } = await startMaildrop(t, {
    CAPA: ({ send }) => send('+OK', 'UIDL', 'SASL OAUTHBEARER', '.'),
    AUTH: async ({ send, nextLine }) => {
      send('+ ');
      response = Buffer.from(await nextLine(), 'base64').toString();
      send('+OK');
    },
  });
  await source.inspect();
  assert.equal(response, `n,a=${server.address},\x01auth=Bearer first\x01\x01`);
});

test('a server that offers no OAuth is named as that, and gets no token', async (t) => {
  const { source, tokens } = await startMaildrop(t, {
    CAPA: ({ send }) => send('+OK', 'UIDL', 'SASL PLAIN', '.'),
  });
  assert.equal((await problemOf(source.inspect())).code, 'pop3.no-oauth');
  const unknowing = await startMaildrop(t, {
    CAPA: ({ send }) => send('-ERR unknown command'),
    AUTH: ({ send }) => send('-ERR Invalid command in current state.'),
  });
  assert.equal((await problemOf(unknowing.source.inspect())).code, 'pop3.no-oauth');
  assert.deepEqual([...tokens.discarded, ...unknowing.tokens.discarded], []);
});

test('a refused token is discarded and a fresh one tried, once', async (t) => {
  const refuse =
    (wanted: (sasl: string) => boolean): ScriptPop3 =>
    async ({ send, nextLine }) => {
      send('+ ');
      if (wanted(Buffer.from(await nextLine(), 'base64').toString())) return send('+OK');
      send(`+ ${Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')}`);
      assert.equal(await nextLine(), '', 'the challenge is answered with an empty line');
      send('-ERR Authentication failure: unknown user name or bad password.');
    };
  const lenient = await startMaildrop(t, { AUTH: refuse((sasl) => sasl.includes('Bearer second')) });
  await lenient.source.inspect();
  assert.deepEqual(lenient.tokens.discarded, ['first']);

  const strict = await startMaildrop(t, { AUTH: refuse(() => false) });
  const problem = await problemOf(strict.source.inspect());
  assert.equal(problem.code, 'pop3.sign-in-refused');
  assert.match(problem.detail ?? '', /Support at localhost:\d+.*unknown user name or bad password/);
  assert.deepEqual(strict.tokens.discarded, ['first', 'second']);
});

test('a certificate of an unknown authority is refused before any token is sent', async (t) => {
  const user = 'trust@example.com';
  const other = await createLabAuthority(await temporaryFolder(t));
  for (const security of ['tls', 'starttls'] as const) {
    for (const certificateAuthority of [null, other.caPem]) {
      const port = security === 'tls' ? world.dovecot.pop3sPort : world.dovecot.pop3Port;
      const server = world.pop3Server(user, { security, port, certificateAuthority });
      const problem = await problemOf(openPop3(t, server, world.tokensFor(user)).inspect());
      assert.equal(problem.code, 'pop3.certificate', `${security}: ${problem.message}`);
      assert.match(problem.cause ?? '', /authority that is not known here/);
    }
  }
});

/** A server without TLS that answers each line as told. */
async function startPlain(
  t: Parameters<typeof startMaildrop>[0],
  answer: (line: string) => string,
): Promise<{ port: number; lines: string[] }> {
  const lines: string[] = [];
  const plain = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('+OK ready\r\n');
    socket.on('data', (data) => {
      lines.push(data.toString());
      socket.write(answer(data.toString()));
    });
  }).listen(0, '127.0.0.1');
  t.after(() => plain.close());
  await once(plain, 'listening');
  return { lines, port: (plain.address() as { port: number }).port };
}

test('a server without STLS gets no token, nor does one where something unencrypted follows it', async (t) => {
  const { caPem } = await localCertificates(t);
  const answers = {
    'pop3.starttls-missing': '-ERR unknown command\r\n',
    'pop3.protocol': '+OK\r\n+OK trust me\r\n',
  };
  for (const [code, answer] of Object.entries(answers)) {
    const { port, lines } = await startPlain(t, () => answer);
    const server = mailServer({ protocol: 'pop3', port, security: 'starttls', certificateAuthority: caPem });
    assert.equal((await problemOf(openPop3(t, server).inspect())).code, code);
    assert.deepEqual(lines, ['STLS\r\n']);
  }
});

test('TLS on a port that speaks plain POP3 is told as that', async (t) => {
  const server = world.pop3Server('wrong-port@example.com', {
    port: world.dovecot.pop3Port,
    security: 'tls',
  });
  const problem = await problemOf(openPop3(t, server).inspect());
  assert.equal(problem.code, 'pop3.tls');
  assert.match(problem.remedy ?? '', /995 with TLS, 110 with STARTTLS/);
});

test('a server that is no POP3 server, or cannot be reached, is told as that', async (t) => {
  const { source } = await startMaildrop(t, { GREETING: ({ send }) => send('* OK IMAP4rev1 ready') });
  assert.equal((await problemOf(source.inspect())).code, 'pop3.protocol');
  const unknown = mailServer({ protocol: 'pop3', port: 995, host: 'mail.invalid' });
  const problem = await problemOf(openPop3(t, unknown).inspect());
  assert.equal(problem.code, 'pop3.unreachable');
  assert.match(problem.detail ?? '', /the name/);
});
