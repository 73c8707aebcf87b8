import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/doctor/diagnosis.ts';
import { Examination, type Subject } from '../../src/doctor/examination.ts';
import { entryOf } from '../../src/knowledge.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { notConnected } from '../../src/sources/sign-in-problems.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { mailServer, tokensFrom } from '../sources/setting.ts';
import { credentialProfile, jwt, subjectOf } from './setting.ts';

const exchange = mailServer({ port: 993, host: 'outlook.office365.com' });

/** What “not connected” comes to with this token. */
async function verdict(
  claims: object | string,
  { server = exchange, ...others }: Partial<Subject> & { server?: MailServer } = {},
) {
  const token = typeof claims === 'string' ? claims : jwt(claims);
  const source = { inspect: () => assert.fail('nothing more is to be tried'), close: async () => {} };
  const subject = subjectOf(server, source as unknown as MailSource, tokensFrom([token]), others);
  const examination = new Examination(subject, new AbortController().signal);
  examination.token = { token, expiresAt: new Date().toISOString() };
  const failed = {
    check: 'sign-in',
    title: '',
    outcome: 'failed' as const,
    detail: '',
    evidence: [],
    problem: notConnected(server),
    waitsFor: [],
    tookMs: 1,
  };
  const { problem, cause, certainty, possible } = await diagnose([failed], examination, entryOf);
  return {
    cause,
    certainty,
    why: problem?.cause ?? '',
    remedy: problem?.remedy ?? '',
    possible: possible.map(({ name }) => name),
  };
}

test('an opaque token and nothing else known: what fits is told, the likeliest first, each with what decides', async () => {
  for (const token of ['EwBIA8l6BAAU', 'a.b.c']) {
    const told = await verdict(token);
    assert.equal(told.certainty, 'likely');
    assert.deepEqual(told.possible, ['other-account', 'no-full-access', 'no-scope', 'switched-off']);
  }
});

test('an opaque token: who consented is known from the consent', async () => {
  const account = { username: 'jo@example.com', name: null, subject: 's', tenant: null };
  const told = await verdict('EwBIA8l6BAAU', { profile: credentialProfile({ account }) });
  assert.deepEqual([told.cause, told.certainty], ['other-account', 'shown']);
  assert.match(told.why, /jo@example\.com/);
});

test('app-only without the permission', async () => {
  const told = await verdict({ idtyp: 'app', roles: ['Mail.Read'] });
  assert.deepEqual([told.cause, told.certainty], ['no-role', 'shown']);
  assert.match(told.why, /IMAP\.AccessAsApp is missing/);
  assert.match(told.remedy, /Office 365 Exchange Online.*admin consent/);
});

const app = { idtyp: 'app', roles: ['IMAP.AccessAsApp'], appid: 'client-1', oid: 'object-2' };

test('app-only and unknown to Exchange: the command is given with the ids that the token carries', async () => {
  const profile = credentialProfile({ clientId: 'client-1', grant: 'client_credentials' });
  const told = await verdict(app, { profile });
  assert.deepEqual([told.cause, told.certainty], ['service-principal', 'likely']);
  assert.match(told.remedy, /New-ServicePrincipal -AppId client-1 -ObjectId object-2;/);
  assert.match(told.remedy, /Add-MailboxPermission -Identity support@example\.com -User object-2/);
  assert.deepEqual(told.possible, ['service-principal', 'no-permission', 'switched-off']);
});

test('app-only, and the app reads another mailbox: it is known to Exchange, and lacks the permission on this one', async () => {
  const told = await verdict(app, { working: [mailServer({ id: 'srv_other', port: 993 })] });
  assert.equal(told.cause, 'no-permission');
  assert.deepEqual(told.possible, ['no-permission', 'switched-off']);
});

test('another account consented', async () => {
  const told = await verdict({ scp: 'IMAP.AccessAsUser.All', upn: 'jo@example.com' });
  assert.deepEqual([told.cause, told.certainty], ['other-account', 'shown']);
  assert.match(told.why, /jo@example\.com/);
  assert.match(told.remedy, /sign in as support@example\.com/);
});

test('a shared mailbox, and who consented opens the mailbox of their own: full access to the shared one is missing', async () => {
  const server = { ...exchange, shared: true };
  const opened: string[] = [];
  const own = (of: MailServer) =>
    ({
      inspect: async () => void opened.push(of.address),
      close: async () => {},
    }) as unknown as MailSource;
  const told = await verdict({ scp: 'IMAP.AccessAsUser.All', upn: 'jo@example.com' }, { server, open: own });
  assert.deepEqual([told.cause, told.certainty], ['no-full-access', 'shown']);
  assert.deepEqual(opened, ['jo@example.com']);
  assert.match(told.remedy, /Add-MailboxPermission -Identity support@example\.com -User jo@example\.com/);
});

test('a token without the permission to use IMAP', async () => {
  const told = await verdict({ scp: 'Mail.Read', upn: 'support@example.com' });
  assert.deepEqual([told.cause, told.certainty], ['no-scope', 'shown']);
  assert.match(told.remedy, /outlook\.office\.com\/IMAP\.AccessAsUser\.All/);
});

test('the right account: IMAP is off, or there is no licence', async () => {
  const told = await verdict({ scp: 'IMAP.AccessAsUser.All', upn: 'Support@Example.com' });
  assert.deepEqual(told.possible, ['switched-off']);
  assert.match(told.remedy, /Set-CASMailbox -Identity support@example\.com -ImapEnabled \$true/);
});

test('for POP3 it is the permissions and the switch of POP', async () => {
  const server = { ...exchange, protocol: 'pop3' as const };
  const remedy = async (claims: object) => (await verdict(claims, { server })).remedy;
  assert.match(await remedy({ idtyp: 'app', roles: ['IMAP.AccessAsApp'] }), /POP\.AccessAsApp/);
  assert.match(
    await remedy({ scp: 'IMAP.AccessAsUser.All', upn: 'support@example.com' }),
    /outlook\.office\.com\/POP\.AccessAsUser\.All/,
  );
  assert.match(
    await remedy({ scp: 'POP.AccessAsUser.All', upn: 'support@example.com' }),
    /-PopEnabled \$true/,
  );
});

test('what Microsoft’s Exchange alone has is not suspected at another provider', async () => {
  const profile = credentialProfile({ provider: 'custom', grant: 'client_credentials' });
  const told = await verdict('opaque', { profile });
  assert.deepEqual(told.possible, ['switched-off']);
});
