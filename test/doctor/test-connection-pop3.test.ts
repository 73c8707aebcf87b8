import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import type { CheckResult } from '../../src/doctor/check.ts';
import { testConnection } from '../../src/doctor/test-connection.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { type DovecotWorld, mail, startDovecotWorld } from '../sources/dovecot-world.ts';
import { openPop3, startMaildrop } from '../sources/pop3-setting.ts';
import { mailServer, tokensFrom } from '../sources/setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

const all = ['name', 'connection', 'encryption', 'token', 'sign-in', 'folder'];

async function examine(t: TestContext, server: MailServer, tokens: TokenSource): Promise<CheckResult[]> {
  const source = openPop3(t, server, tokens);
  const results: CheckResult[] = [];
  for await (const result of testConnection({ server, source, tokens })) results.push(result);
  return results;
}

function outcome(results: CheckResult[]): string[] {
  return results.map(({ check, problem }) => (problem ? `${check}: ${problem.code}` : check));
}

test('by POP3 every step passes against a real mail server, over TLS and STLS', async (t) => {
  const user = 'support@contoso.example';
  await world.dovecot.deliver(user, mail(1));
  for (const security of ['tls', 'starttls'] as const) {
    const port = security === 'tls' ? world.dovecot.pop3sPort : world.dovecot.pop3Port;
    const results = await examine(t, world.pop3Server(user, { security, port }), world.tokensFor(user));
    assert.deepEqual(outcome(results), all);
    assert.match(results[2]?.detail ?? '', /^TLSv1\.3; certificate of localhost/);
    assert.match(results[4]?.detail ?? '', /the server can do all that is useful here/);
    assert.equal(results[5]?.detail, 'Messages in INBOX, the one folder that there is: 1');
  }
});

test('a password stands where the token would, and is not shown', async (t) => {
  const user = 'password@contoso.example';
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const tokens: TokenSource = {
    accessToken: async () => ({ token: 'lab', expiresAt, isPassword: true }),
    discard() {},
  };
  const results = await examine(t, world.pop3Server(user), tokens);
  assert.deepEqual(outcome(results), all);
  assert.match(results[3]?.detail ?? '', /has a password/);
});

test('it stops at a server that does not know STLS', async (t) => {
  const plain = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('+OK ready\r\n');
    socket.on('data', () => socket.write('-ERR unknown command\r\n'));
  }).listen(0, '127.0.0.1');
  t.after(() => plain.close());
  await once(plain, 'listening');
  const { port } = plain.address() as { port: number };
  const server = mailServer({ protocol: 'pop3', port, security: 'starttls' });
  const results = await examine(t, server, tokensFrom(['token']));
  assert.deepEqual(outcome(results), ['name', 'connection', 'encryption: pop3.starttls-missing']);
  assert.match(results[2]?.problem?.remedy ?? '', /port 995/);
});

test('"not connected" is told with the cause that the token shows', async (t) => {
  const notConnected = '-ERR User is authenticated but not connected.';
  const { server } = await startMaildrop(t, {
    UIDL: ({ send }) => send(notConnected),
    STAT: ({ send }) => send(notConnected),
  });
  const claims = { upn: 'admin@example.com', scp: 'POP.AccessAsUser.All' };
  const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
  const problem = (await examine(t, server, tokensFrom([token]))).at(-1)?.problem;
  assert.equal(problem?.code, 'pop3.not-connected');
  assert.match(problem?.cause ?? '', /admin@example\.com consented, the mailbox is support@example\.com/);
});
