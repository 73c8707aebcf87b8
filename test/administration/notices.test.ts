import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNotices } from '../../src/administration/notices.ts';
import { ewsRetirement } from '../../src/model/ews-retirement.ts';
import type { ProblemKind } from '../../src/model/problem.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { sampleProfiles } from '../console/sample-data.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { mailServer, openStore } from '../store/fixtures.ts';

const online = { protocol: 'ews', host: 'outlook.office365.com' } as const;

async function noticesOf(
  t: import('node:test').TestContext,
  fields: Partial<MailServer>,
  code: string | null = null,
  kind: ProblemKind = 'mailbox',
  profile: CredentialProfile | null = null,
) {
  const store = await openStore(t);
  if (profile) await put(store, 'profile', profile);
  const server = mailServer(fields);
  await put(store, 'server', server);
  const problem =
    code === null
      ? null
      : { code, kind, title: 'It is switched off', remedy: 'Switch it on.', retry: 'later' };
  await store.mailboxes.setState({
    serverId: server.id,
    condition: problem ? 'failing' : 'watching',
    problem,
    since: server.createdAt,
    lastContactAt: null,
    lastMessageAt: null,
    retryAt: null,
  });
  return createNotices(collectionsOf(store), store)();
}

test('a server that reads Exchange Online by EWS carries the dates of its end, and points to Graph', async (t) => {
  const [notice, ...others] = await noticesOf(t, online);
  assert.deepEqual(others, []);
  assert.equal(notice?.severity, 'warning');
  assert.match(`${notice?.title} ${notice?.detail}`, /1 October 2026.*1 April 2027/s);
  assert.match(notice?.remedy ?? '', /Microsoft Graph/);
  assert.equal(notice?.link, '/servers/srv_support');
});

test('the end of EWS concerns no Exchange Server of one’s own, and no other protocol', async (t) => {
  assert.deepEqual(await noticesOf(t, { protocol: 'ews', host: 'mail.contoso.example' }), []);
  assert.deepEqual(await noticesOf(t, { protocol: 'imap', host: online.host }), []);
});

test('where EWS is switched off already that is told once, by the problem', async (t) => {
  const notices = await noticesOf(t, online, 'ews.disabled');
  assert.deepEqual(
    notices.map(({ title, detail }) => [title, detail === ewsRetirement.what]),
    [['Support: It is switched off', false]],
  );
});

test('where the mailbox is well and only a request was refused, the end of EWS is still told', async (t) => {
  const notices = await noticesOf(t, online, 'ews.refused', 'refused');
  assert.deepEqual(notices.length, 2);
});

test('why a profile has no token is told once, with the profile; what else is wrong with its server too', async (t) => {
  const [sample] = sampleProfiles;
  assert.ok(sample);
  const code = 'oauth.AADSTS7000222';
  const problem = {
    code,
    kind: 'credentials',
    title: 'It has expired',
    remedy: 'Make another.',
    retry: 'no',
  } as const;
  const failing: CredentialProfile = { ...sample, id: 'prf_1', state: 'failing', problem };
  const keysOf = async (...[code, kind, profile]: [string, ProblemKind, CredentialProfile]) =>
    (await noticesOf(t, { profileId: 'prf_1' }, code, kind, profile))
      .map(({ key }) => key)
      .filter((key) => /^(profile\.failing|server)/.test(key));
  assert.deepEqual(await keysOf(code, 'credentials', failing), ['profile.failing prf_1']);
  assert.deepEqual(await keysOf('oauth.consent-needed', 'consent', failing), ['profile.failing prf_1']);
  assert.deepEqual(await keysOf('imap.folder-missing', 'folder', failing), [
    'profile.failing prf_1',
    'server.failing srv_support',
  ]);
  const connected: CredentialProfile = { ...failing, state: 'connected', problem: null };
  assert.deepEqual(await keysOf(code, 'credentials', connected), ['server.failing srv_support']);
});
