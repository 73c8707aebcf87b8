import assert from 'node:assert/strict';
import { request } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startAuthority } from '../../lab/authority/index.ts';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startDovecot } from '../../lab/dovecot/index.ts';
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
import { detailOf, examined, jwt, outcome, subjectOf } from './setting.ts';

function examine(t: TestContext, server: MailServer, tokens: TokenSource = tokensFrom(['token'])) {
  return examined(subjectOf(server, openSource(t, server, tokens), tokens));
}

async function startScripted(t: TestContext, script: Record<string, Script> = {}): Promise<MailServer> {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, script);
  t.after(() => imap.stop());
  return mailServer({ port: imap.port, certificateAuthority: caPem });
}

const network = ['name', 'connection', 'encryption'];
const all = [...network, 'token', 'sign-in', 'folders', 'reading', 'arrival', 'restriction', 'destinations'];

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
    const { results, diagnosis } = await examine(t, server, tokens);
    assert.deepEqual(outcome(results), all);
    assert.match(
      detailOf(results, 'encryption'),
      /^TLSv1\.3; certificate of localhost by Letterbox lab authority/,
    );
    assert.match(detailOf(results, 'folders'), /^Messages in INBOX: 1;/);
    assert.match(detailOf(results, 'reading'), /^One came/);
    assert.deepEqual([diagnosis.problem, diagnosis.also], [null, []]);
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

test('a name that is not known is the verdict; what does not rest on it is looked at all the same', async (t) => {
  const { results, diagnosis } = await examine(t, mailServer({ host: 'mail.invalid', port: 993 }));
  assert.deepEqual(outcome(results), ['name: imap.unreachable', 'token', 'destinations']);
  assert.equal(diagnosis.problem?.code, 'imap.unreachable');
  const waiting = results.filter((result) => result.outcome === 'not-judged');
  assert.ok(waiting.length > 0 && waiting.every(({ waitsFor }) => waitsFor.join() === 'name'));
});

test('so is a port where nothing listens', async (t) => {
  const { results } = await examine(t, mailServer({ port: 1 }));
  assert.deepEqual(outcome(results), ['name', 'connection: imap.unreachable', 'token', 'destinations']);
});

test('so is a certificate that cannot be trusted', async (t) => {
  const server = await startScripted(t);
  const { diagnosis } = await examine(t, { ...server, certificateAuthority: null });
  assert.equal(diagnosis.problem?.code, 'imap.certificate');
  assert.match(diagnosis.problem.remedy, /certificate \(PEM\)/);
});

test('where there is no token, the verdict is the authority’s', async (t) => {
  const expired = new Problem({
    code: 'oauth.AADSTS7000222',
    kind: 'credentials',
    title: 'The client secret has expired',
    remedy: 'Make a new one.',
  });
  const tokens = { accessToken: () => Promise.reject(expired), discard() {} };
  const { results, diagnosis } = await examine(t, await startScripted(t), tokens);
  assert.deepEqual(outcome(results), [...network, 'token: oauth.AADSTS7000222', 'destinations']);
  assert.equal(diagnosis.problem?.remedy, 'Make a new one.');
});

test('two troubles that have nothing to do with each other are both told', async (t) => {
  const denied = new Problem({ code: 'oauth.refused', kind: 'refused', title: 'No', remedy: 'Ask.' });
  const tokens = { accessToken: () => Promise.reject(denied), discard() {} };
  const { diagnosis } = await examine(t, mailServer({ port: 1 }), tokens);
  assert.equal(diagnosis.problem?.code, 'imap.unreachable');
  assert.deepEqual(
    diagnosis.also.map(({ code }) => code),
    ['oauth.refused'],
  );
});

test('what the server says at the sign-in is told', async (t) => {
  const refuse: Script = ({ tag, send }) => send(`${tag} NO AUTHENTICATE failed.`);
  const { diagnosis } = await examine(t, await startScripted(t, { AUTHENTICATE: refuse }));
  assert.equal(diagnosis.problem?.code, 'imap.sign-in-refused');
});

test('signing in went well, and the folders are what is wrong', async (t) => {
  const { results } = await examine(t, await startScripted(t, { LIST: ({ ok }) => ok() }));
  assert.ok(outcome(results).includes('folders: imap.no-folders'));
  assert.ok(outcome(results).includes('sign-in'));
});

test('the passing kind of "not connected" passes at the second try', async (t) => {
  const server = await startScripted(t, {
    NAMESPACE: ({ nth, tag, send, usual }) =>
      nth === 1 ? send(`${tag} BAD User is authenticated but not connected.`) : usual(),
  });
  const { results } = await examine(t, server);
  assert.match(detailOf(results, 'sign-in'), /second try/);
});

test('the lasting kind is told with the cause that the token shows', async (t) => {
  const refuse: Script = ({ tag, send }) => send(`${tag} BAD User is authenticated but not connected.`);
  const token = jwt({ upn: 'admin@example.com', scp: 'IMAP.AccessAsUser.All' });
  const server = await startScripted(t, { NAMESPACE: refuse });
  const { problem, cause, certainty } = (await examine(t, server, tokensFrom([token]))).diagnosis;
  assert.deepEqual([problem?.code, cause, certainty], ['imap.not-connected', 'other-account', 'shown']);
  assert.match(problem?.cause ?? '', /admin@example\.com.*support@example\.com/);
});

test('whatever goes wrong, it is told as a result and never thrown', async (t) => {
  const server = await startScripted(t);
  const source = { ...openSource(t, server), inspect: () => Promise.reject(new TypeError('a bug')) };
  const { diagnosis } = await examined(subjectOf(server, source, tokensFrom(['token'])));
  assert.equal(diagnosis.problem?.code, 'internal');
});
