import assert from 'node:assert/strict';
import { request } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startAuthority } from '../../lab/authority/index.ts';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startDovecot } from '../../lab/dovecot/index.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import { testConnection } from '../../src/doctor/test-connection.ts';
import { Problem } from '../../src/model/problem.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { type Script, startScriptedImap } from '../sources/scripted-imap.ts';
import {
  localCertificates,
  mailServer,
  openSource,
  temporaryFolder,
  tokensFrom,
} from '../sources/setting.ts';

async function examine(
  t: TestContext,
  server: MailServer,
  tokens: TokenSource = tokensFrom(['token']),
): Promise<CheckResult[]> {
  const source = openSource(t, server, tokens);
  const results: CheckResult[] = [];
  for await (const result of testConnection({ server, source, tokens })) results.push(result);
  return results;
}

/** The checks that were made; the failed one with the code of its problem. */
function outcome(results: CheckResult[]): string[] {
  return results.map(({ check, problem }) => (problem ? `${check}: ${problem.code}` : check));
}

async function startScripted(t: TestContext, script: Record<string, Script> = {}): Promise<MailServer> {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, script);
  t.after(() => imap.stop());
  return mailServer({ port: imap.port, certificateAuthority: caPem });
}

const all = ['name', 'connection', 'encryption', 'token', 'sign-in', 'folder'];

test('with a real authority and a real mail server every step passes, over TLS and STARTTLS', async (t) => {
  const folder = await temporaryFolder(t);
  const certificates = await createLabAuthority(join(folder, 'tls'));
  const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
  t.after(() => authority.stop());
  const dovecot = await startDovecot({ folder: join(folder, 'dovecot'), authority, certificates });
  t.after(() => dovecot.stop());
  const address = 'support@contoso.example';
  await dovecot.deliver(address, Buffer.from('Subject: Hello\r\n\r\nGood day.\r\n'));
  const client = authority.register({ appOnly: true, upn: address });
  const tokens: TokenSource = {
    accessToken: async () => ({
      token: await askForToken(authority.tokenUrl, certificates.caPem, client),
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    }),
    discard() {},
  };
  for (const security of ['tls', 'starttls'] as const) {
    const port = security === 'tls' ? dovecot.imapsPort : dovecot.imapPort;
    const server = mailServer({ address, port, security, certificateAuthority: certificates.caPem });
    const results = await examine(t, server, tokens);
    assert.deepEqual(outcome(results), all);
    assert.match(results[2]?.detail ?? '', /^TLSv1\.3; certificate of localhost by Letterbox lab authority/);
    assert.match(results[3]?.detail ?? '', /for https:\/\/outlook\.office/, 'the resource is shown');
    assert.match(results[5]?.detail ?? '', /^Messages in INBOX: 1;/);
  }
});

function askForToken(
  url: string,
  ca: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://outlook.office365.com/.default',
  });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const asked = request(url, { method: 'POST', ca, headers }, async (response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      resolve(JSON.parse(body).access_token);
    });
    asked.on('error', reject);
    asked.end(form.toString());
  });
}

test('it stops at a name that is not known', async (t) => {
  assert.deepEqual(outcome(await examine(t, mailServer({ host: 'mail.invalid', port: 993 }))), [
    'name: imap.unreachable',
  ]);
});

test('it stops at a port where nothing listens', async (t) => {
  assert.deepEqual(outcome(await examine(t, mailServer({ port: 1 }))), [
    'name',
    'connection: imap.unreachable',
  ]);
});

test('it stops at a certificate that cannot be trusted', async (t) => {
  const server = await startScripted(t);
  const results = await examine(t, { ...server, certificateAuthority: null });
  assert.deepEqual(outcome(results), ['name', 'connection', 'encryption: imap.certificate']);
  assert.match(results[2]?.problem?.remedy ?? '', /certificate \(PEM\)/);
});

test('it stops when there is no token, with the problem of the authority', async (t) => {
  const expired = new Problem({
    code: 'oauth.AADSTS7000222',
    kind: 'credentials',
    title: 'The client secret has expired',
    remedy: 'Make a new one.',
  });
  const tokens = { accessToken: () => Promise.reject(expired), discard() {} };
  const results = await examine(t, await startScripted(t), tokens);
  assert.deepEqual(outcome(results), [...all.slice(0, 3), 'token: oauth.AADSTS7000222']);
});

test('it stops when the server does not let us in', async (t) => {
  const refuse: Script = ({ tag, send }) => send(`${tag} NO AUTHENTICATE failed.`);
  const results = await examine(t, await startScripted(t, { AUTHENTICATE: refuse }));
  assert.deepEqual(outcome(results), [...all.slice(0, 4), 'sign-in: imap.sign-in-refused']);
});

test('signing in went well, and the folders are what is wrong', async (t) => {
  const results = await examine(t, await startScripted(t, { LIST: ({ ok }) => ok() }));
  assert.deepEqual(outcome(results), [...all.slice(0, 5), 'folder: imap.no-folders']);
});

test('the passing kind of "not connected" passes at the second try', async (t) => {
  const server = await startScripted(t, {
    NAMESPACE: ({ nth, tag, send, usual }) =>
      nth === 1 ? send(`${tag} BAD User is authenticated but not connected.`) : usual(),
  });
  const results = await examine(t, server);
  assert.deepEqual(outcome(results), all);
  assert.match(results[4]?.detail ?? '', /second try/);
});

test('the lasting kind is told with the cause that the token shows', async (t) => {
  const refuse: Script = ({ tag, send }) => send(`${tag} BAD User is authenticated but not connected.`);
  const claims = { upn: 'admin@example.com', scp: 'IMAP.AccessAsUser.All' };
  const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
  const results = await examine(t, await startScripted(t, { NAMESPACE: refuse }), tokensFrom([token]));
  const problem = results.at(-1)?.problem;
  assert.equal(problem?.code, 'imap.not-connected');
  assert.match(problem?.cause ?? '', /admin@example\.com consented, the mailbox is support@example\.com/);
});

test('whatever goes wrong, it is told as a result and never thrown', async (t) => {
  const server = await startScripted(t);
  const source = { ...openSource(t, server), inspect: () => Promise.reject(new TypeError('a bug')) };
  const results: CheckResult[] = [];
  for await (const result of testConnection({ server, source, tokens: tokensFrom(['token']) }))
    results.push(result);
  assert.deepEqual(outcome(results), [...all.slice(0, 4), 'sign-in: internal']);
});
