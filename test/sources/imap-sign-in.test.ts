import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { createLabAuthority } from '../../lab/certificates.ts';
import { type DovecotWorld, mail, startDovecotWorld } from './dovecot-world.ts';
import { startScriptedImap } from './scripted-imap.ts';
import { localCertificates, mailServer, openSource, problemOf, readNow, temporaryFolder } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

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
  const source = openSource(t, world.server(user), tokens);
  assert.equal((await readNow(source)).seen.length, 1);
  assert.deepEqual(discarded, [expired]);
});

test('a server that knows no OAuth 2.0 is signed in to with the password', async (t) => {
  const user = 'password@example.com';
  await world.dovecot.deliver(user, mail(1));
  const passwords = (password: string, discarded: string[] = []) => ({
    accessToken: async () => ({
      token: password,
      expiresAt: '9999-12-31T23:59:59.999Z',
      isPassword: true as const,
    }),
    discard: (token: string) => void discarded.push(token),
  });
  assert.equal((await readNow(openSource(t, world.server(user), passwords('lab')))).seen.length, 1);
  const discarded: string[] = [];
  const problem = await problemOf(readNow(openSource(t, world.server(user), passwords('wrong', discarded))));
  assert.equal(problem.code, 'imap.password-refused');
  assert.ok(discarded.includes('wrong'));
});

test("a token for another account is refused, and the problem names the mailbox and the server's words", async (t) => {
  const source = openSource(t, world.server('mine@example.com'), world.tokensFor('other@example.com'));
  const problem = await problemOf(readNow(source));
  assert.equal(problem.code, 'imap.sign-in-refused');
  assert.match(problem.detail ?? '', /Support at localhost.*mine@example\.com/);
});

test('a certificate of an unknown authority is refused before any token is sent', async (t) => {
  const user = 'trust@example.com';
  const other = await createLabAuthority(await temporaryFolder(t));
  for (const security of ['tls', 'starttls'] as const) {
    for (const certificateAuthority of [null, other.caPem]) {
      const port = security === 'tls' ? world.dovecot.imapsPort : world.dovecot.imapPort;
      const source = openSource(
        t,
        world.server(user, { security, port, certificateAuthority }),
        world.tokensFor(user),
      );
      const problem = await problemOf(source.inspect());
      assert.equal(problem.code, 'imap.certificate', `${security}: ${problem.message}`);
      assert.match(problem.cause ?? '', /authority that is not known here/);
    }
  }
});

test('a certificate for another host name is refused', async (t) => {
  const authority = await createLabAuthority(await temporaryFolder(t));
  const imap = await startScriptedImap(await authority.issue(['elsewhere.example.com']));
  t.after(() => imap.stop());
  const source = openSource(t, mailServer({ port: imap.port, certificateAuthority: authority.caPem }));
  const problem = await problemOf(source.inspect());
  assert.equal(problem.code, 'imap.certificate');
  assert.match(problem.cause ?? '', /another host name/);
  assert.deepEqual(imap.commands, []);
});

test('a certificate authority that is not PEM is refused by name', async (t) => {
  const source = openSource(t, mailServer({ port: 1, certificateAuthority: 'not a certificate' }));
  assert.equal((await problemOf(source.inspect())).code, 'imap.certificate-authority');
});

test('a server without STARTTLS gets no token', async (t) => {
  const { caPem } = await localCertificates(t);
  const lines: string[] = [];
  const plain = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('* OK ready\r\n');
    socket.on('data', (data) => {
      const line = data.toString();
      lines.push(line);
      socket.write(`* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n${line.split(' ')[0]} OK done\r\n`);
    });
  }).listen(0, '127.0.0.1');
  t.after(() => plain.close());
  await once(plain, 'listening');
  const { port } = plain.address() as { port: number };
  const server = mailServer({ port, security: 'starttls', certificateAuthority: caPem });
  assert.equal((await problemOf(openSource(t, server).inspect())).code, 'imap.starttls-missing');
  assert.ok(!lines.some((line) => /AUTHENTICATE/.test(line)));
});

test('TLS on a port that speaks plain IMAP is told as that', async (t) => {
  const server = world.server('wrong-port@example.com', { port: world.dovecot.imapPort, security: 'tls' });
  const problem = await problemOf(openSource(t, server).inspect());
  assert.equal(problem.code, 'imap.tls');
  assert.match(problem.remedy ?? '', /143 with STARTTLS/);
});

test('a server that cannot be reached says how it failed', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as { port: number };
  closed.close();
  await once(closed, 'close');
  const refused = await problemOf(openSource(t, mailServer({ port })).inspect());
  assert.equal(refused.code, 'imap.unreachable');
  assert.match(refused.detail ?? '', /refused/);

  const unknown = await problemOf(openSource(t, mailServer({ port, host: 'mail.invalid' })).inspect());
  assert.equal(unknown.code, 'imap.unreachable');
  assert.match(unknown.detail ?? '', /the name/);
});
