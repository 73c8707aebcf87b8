import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { allowHosts } from '../../src/network/allowed-hosts.ts';
import { trustFor } from '../../src/network/trust.ts';
import { problemOf, startWorld } from '../oauth/world.ts';
import { outgoingServer, smtpSender } from '../outgoing/setting.ts';
import { mailServer, openSource } from '../sources/setting.ts';

after(() => allowHosts([]));

const peer = (host: string) => ({
  ...{ name: 'Support', protocol: 'imap', port: 993, security: 'tls' as const, certificateAuthority: null },
  host,
});
const codeAt = (host: string) => {
  try {
    trustFor(peer(host));
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('a list bounds the hosts that are connected to; without one all are', () => {
  const entries = ['outlook.office365.com', '*.Contoso.com', '10.0.0.5', '::1'];
  const inside = [
    'outlook.office365.com',
    'OUTLOOK.office365.com',
    'mail.contoso.com',
    'a.b.contoso.com',
    '10.0.0.5',
    '::1',
    '[::1]',
  ];
  const outside = [
    'localhost',
    '127.0.0.1',
    '10.0.0.50',
    'contoso.com',
    '.contoso.com',
    'evilcontoso.com',
    'contoso.com.evil.example',
    'office365.com',
    '::2',
  ];
  allowHosts([]);
  for (const host of [...inside, ...outside]) assert.equal(codeAt(host), null, host);
  allowHosts(entries);
  for (const host of inside) assert.equal(codeAt(host), null, host);
  for (const host of outside) assert.equal(codeAt(host), 'imap.host-not-allowed', host);
});

test('neither mailbox nor sender nor authority outside of the list is connected to', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.createAppOnly();
  allowHosts(['*.office365.com']);
  const problem = await problemOf(world.profiles.authorize(id));
  assert.equal(problem.code, 'oauth.host-not-allowed');
  assert.equal(world.authority.requests.length, 0);
  for (const protocol of ['imap', 'pop3', 'graph', 'ews'])
    assert.throws(() => trustFor({ ...peer('localhost'), protocol }), {
      code: `${protocol}.host-not-allowed`,
    });
  const source = openSource(t, mailServer({ port: 1 }));
  assert.equal((await problemOf(source.inspect())).code, 'imap.host-not-allowed');
  assert.equal(
    (await problemOf(smtpSender(outgoingServer({ port: 1 }), null).verify())).code,
    'smtp.host-not-allowed',
  );
  allowHosts(['localhost']);
  assert.equal((await world.profiles.authorize(id)).state, 'connected');
});
