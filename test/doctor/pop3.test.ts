import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { type DovecotWorld, mail, startDovecotWorld } from '../sources/dovecot-world.ts';
import { openPop3, startMaildrop } from '../sources/pop3-setting.ts';
import { mailServer, tokensFrom } from '../sources/setting.ts';
import { detailOf, examined, jwt, outcome, subjectOf } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

const all = [
  'name',
  'connection',
  'encryption',
  'token',
  'sign-in',
  'folders',
  'reading',
  'arrival',
  'restriction',
  'destinations',
];

function examine(t: TestContext, server: MailServer, tokens: TokenSource) {
  return examined(subjectOf(server, openPop3(t, server, tokens), tokens));
}

test('by POP3 every step passes against a real mail server, over TLS and STLS', async (t) => {
  const user = 'support@contoso.example';
  await world.dovecot.deliver(user, mail(1));
  for (const security of ['tls', 'starttls'] as const) {
    const port = security === 'tls' ? world.dovecot.pop3sPort : world.dovecot.pop3Port;
    const { results } = await examine(t, world.pop3Server(user, { security, port }), world.tokensFor(user));
    assert.deepEqual(outcome(results), all);
    assert.match(detailOf(results, 'encryption'), /^TLSv1\.3; certificate of localhost/);
    assert.match(detailOf(results, 'sign-in'), /the server can do all that is useful here/);
    assert.equal(detailOf(results, 'folders'), 'Messages in INBOX, the one folder that there is: 1');
  }
});

test('a password stands where the token would, and is not shown', async (t) => {
  const user = 'password@contoso.example';
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const tokens: TokenSource = {
    accessToken: async () => ({ token: 'lab', expiresAt, isPassword: true }),
    discard() {},
  };
  const { results } = await examine(t, world.pop3Server(user), tokens);
  assert.deepEqual(outcome(results), all);
  assert.match(detailOf(results, 'token'), /has a password/);
});

test('a server that does not know STLS is told as that', async (t) => {
  const plain = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('+OK ready\r\n');
    socket.on('data', () => socket.write('-ERR unknown command\r\n'));
  }).listen(0, '127.0.0.1');
  t.after(() => plain.close());
  await once(plain, 'listening');
  const { port } = plain.address() as { port: number };
  const server = mailServer({ protocol: 'pop3', port, security: 'starttls' });
  const { diagnosis } = await examine(t, server, tokensFrom(['token']));
  assert.equal(diagnosis.problem?.code, 'pop3.starttls-missing');
  assert.match(diagnosis.problem.remedy, /port 995/);
});

test('"not connected" is told with the cause that the token shows', async (t) => {
  const notConnected = '-ERR User is authenticated but not connected.';
  const { server } = await startMaildrop(t, {
    UIDL: ({ send }) => send(notConnected),
    STAT: ({ send }) => send(notConnected),
  });
  const token = jwt({ upn: 'admin@example.com', scp: 'POP.AccessAsUser.All' });
  const { problem, cause } = (await examine(t, server, tokensFrom([token]))).diagnosis;
  assert.deepEqual([problem?.code, cause], ['pop3.not-connected', 'other-account']);
  assert.match(problem?.cause ?? '', /admin@example\.com.*support@example\.com/);
});
