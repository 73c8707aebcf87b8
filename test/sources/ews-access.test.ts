import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { createLabAuthority } from '../../lab/certificates.ts';
import { type EwsWorld, mail, openSource, startEwsWorld } from './ews-world.ts';
import { mailServer, problemOf, readNow, temporaryFolder, tokensFrom } from './setting.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

test('a token that is no longer accepted is replaced by a fresh one without anyone noticing', async (t) => {
  const address = 'expired@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const claims = world.claims.personal(address);
  const expired = await world.sign(claims, { seconds: -60 });
  const tokens = tokensFrom([expired, await world.sign(claims)]);
  const source = openSource(t, world.server(address), tokens);
  assert.equal((await readNow(source)).seen.length, 1);
  assert.deepEqual(tokens.discarded, [expired]);
});

test('a token that expires while a mailbox is read is replaced, and nothing comes twice', async (t) => {
  const address = 'midway@example.com';
  const mailbox = world.ews.mailbox(address);
  for (let n = 1; n <= 30; n++) await mailbox.deliver(mail(n));
  world.ews.faults.next({ kind: 'status', status: 401 }, { operation: 'GetItem' });
  const claims = world.claims.personal(address);
  const tokens = tokensFrom([await world.sign(claims), await world.sign({ ...claims, second: true })]);
  const { seen } = await readNow(openSource(t, world.server(address), tokens));
  assert.equal(new Set(seen.map(({ uid }) => uid)).size, 30);
  assert.equal(seen.length, 30);
  assert.equal(tokens.discarded.length, 1);
});

test('a token for another resource is refused, in Exchange’s words', async (t) => {
  const address = 'resource@example.com';
  const claims = world.claims.personal(address);
  const token = await world.sign(claims, { aud: 'https://graph.microsoft.com' });
  const tokens = tokensFrom([token, await world.sign({ ...claims, scp: 'IMAP.AccessAsUser.All' })]);
  const problem = await problemOf(readNow(openSource(t, world.server(address), tokens)));
  assert.equal(problem.code, 'ews.sign-in-refused');
  assert.match(problem.detail ?? '', /Support at localhost.*contains no permissions/);
  assert.deepEqual(tokens.discarded.length, 2);
});

test('an application impersonates the mailbox, and the request is led to its server', async (t) => {
  const address = 'app@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  const source = openSource(t, world.server(address), world.appTokens());
  const before = world.ews.requests.length;
  assert.equal((await readNow(source)).seen.length, 1);
  for (const { anchorMailbox, self } of world.ews.requests.slice(before))
    assert.deepEqual([anchorMailbox, self], [address, address]);
});

test('an application that is restricted to other mailboxes is refused this one', async (t) => {
  const address = 'forbidden@example.com';
  world.ews.mailbox(address);
  world.ews.restrict('restricted', ['other@example.com']);
  const source = openSource(t, world.server(address), world.appTokens('restricted'));
  const problem = await problemOf(source.inspect());
  assert.equal(problem.code, 'ews.access-denied');
  assert.match(problem.remedy ?? '', /Test-ApplicationAccessPolicy .*-Identity forbidden@example\.com/);
});

test('a shared mailbox is opened by a person with full access to it', async (t) => {
  const address = 'shared@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  world.ews.giveFullAccess('anna@example.com', address);
  const server = world.server(address, { shared: true });
  const { seen } = await readNow(openSource(t, server, world.personalTokens('anna@example.com')));
  assert.equal(seen.length, 1);
});

test('who consented as somebody else does not read their own mailbox in place of this one', async (t) => {
  const address = 'support@example.com';
  world.ews.mailbox(address);
  await world.ews.mailbox('admin@example.com').deliver(mail(1));
  const source = openSource(t, world.server(address), world.personalTokens('admin@example.com'));
  for (const attempt of [() => source.inspect(), () => readNow(source)]) {
    const problem = await problemOf(attempt());
    assert.equal(problem.code, 'ews.access-denied');
    assert.match(problem.remedy ?? '', /Add-MailboxPermission -Identity support@example\.com/);
  }
});

test('a mailbox that does not exist is named, app-only and by a person', async (t) => {
  const address = 'nobody@example.com';
  for (const tokens of [world.appTokens(), world.personalTokens(address)]) {
    const problem = await problemOf(openSource(t, world.server(address), tokens).inspect());
    assert.equal(problem.code, 'ews.mailbox-missing');
    assert.match(problem.detail ?? '', /nobody@example\.com/);
  }
});

test('EWS that is switched off is told as that', async (t) => {
  world.ews.faults.disabled = true;
  t.after(() => {
    world.ews.faults.disabled = false;
  });
  const address = 'disabled@example.com';
  const problem = await problemOf(openSource(t, world.server(address), world.appTokens()).inspect());
  assert.equal(problem.code, 'ews.disabled');
  assert.match(problem.remedy ?? '', /Set-CASMailbox -Identity disabled@example\.com -EwsEnabled \$true/);
  assert.doesNotMatch(problem.cause ?? '', /2026/, 'an Exchange Server of one’s own is not retired');
});

test('an Exchange Server that knows no OAuth 2.0 is told as that', async (t) => {
  const address = 'ntlm@example.com';
  world.ews.mailbox(address);
  const trouble = {
    kind: 'status',
    status: 401,
    headers: { 'www-authenticate': 'Negotiate, NTLM' },
  } as const;
  world.ews.faults.next(trouble);
  const problem = await problemOf(openSource(t, world.server(address), world.appTokens()).inspect());
  assert.equal(problem.code, 'ews.no-oauth');
  assert.match(problem.detail ?? '', /NTLM/);
});

test('a password is never sent', async (t) => {
  const tokens = {
    accessToken: async () => ({
      token: 'secret',
      expiresAt: '2999-01-01T00:00:00.000Z',
      isPassword: true as const,
    }),
    discard() {},
  };
  const before = world.ews.requests.length;
  const problem = await problemOf(openSource(t, world.server('password@example.com'), tokens).inspect());
  assert.deepEqual([problem.code, problem.retry], ['ews.password', 'no']);
  assert.equal(world.ews.requests.length, before);
});

test('a certificate of an unknown authority is refused before any token is sent', async (t) => {
  const other = await createLabAuthority(await temporaryFolder(t));
  for (const certificateAuthority of [null, other.caPem]) {
    const server = world.server('trust@example.com', { certificateAuthority });
    const problem = await problemOf(openSource(t, server, world.appTokens()).inspect());
    assert.equal(problem.code, 'ews.certificate');
  }
  const server = world.server('trust@example.com', { certificateAuthority: 'not a certificate' });
  const problem = await problemOf(openSource(t, server, world.appTokens()).inspect());
  assert.equal(problem.code, 'ews.certificate-authority');
});

test('a server that cannot be reached, and one that is no Exchange, say so', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as { port: number };
  closed.close();
  await once(closed, 'close');
  const unreachable = mailServer({ protocol: 'ews', port });
  assert.equal(
    (await problemOf(openSource(t, unreachable, world.appTokens()).inspect())).code,
    'ews.unreachable',
  );
  const address = 'page@example.com';
  world.ews.mailbox(address);
  const page = '<!DOCTYPE html><html><body>Sign in</body></html>';
  for (const [status, body] of [
    [200, page],
    [302, ''],
    [404, page],
  ] as const) {
    world.ews.faults.next({
      kind: 'status',
      status,
      body,
      headers: { location: 'https://login.example.com/' },
    });
    const source = openSource(t, world.server(address), world.appTokens());
    assert.equal((await problemOf(source.inspect())).code, 'ews.protocol', `HTTP ${status}`);
  }
});
