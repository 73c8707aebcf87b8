import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serverProblems } from '../resources/fixtures.ts';
import { mailServer } from '../store/fixtures.ts';
import { problemOf, session, startWorld } from './world.ts';

const input = {
  name: 'Old server',
  authentication: 'password',
  provider: 'custom',
  password: 'p~ss & "wörd"',
};
const minutes = 60_000;

test('a password is handed out byte for byte, for a server that knows no OAuth 2.0', async (t) => {
  const world = await startWorld(t);
  const profile = await world.profiles.create({ ...input, uses: ['imap', 'smtp'] });
  assert.deepEqual([profile.state, profile.account, profile.problem], ['connected', null, null]);
  for (const use of ['imap', 'smtp'] as const) {
    const { token, isPassword, expiresAt } = await world.tokens.for(profile.id, use).accessToken();
    assert.deepEqual([token, isPassword], [input.password, true]);
    assert.ok(expiresAt > new Date().toISOString());
  }
  assert.equal((await world.profiles.authorize(profile.id)).state, 'connected');
});

test('a password is sealed, and never comes back out', async (t) => {
  const world = await startWorld(t);
  const profile = await world.profiles.create(input);
  const shown = [
    profile,
    await world.profiles.list(),
    await problemOf(world.profiles.create({ ...input, name: '' })),
    await problemOf(world.profiles.create({ ...input, password: `${input.password}\n` })),
  ];
  assert.equal(JSON.stringify(shown).includes('wörd'), false);
  const folder = join(world.folder, 'data');
  const backup = Buffer.concat(readdirSync(folder).map((file) => readFileSync(join(folder, file))));
  assert.ok(backup.includes(input.name));
  assert.equal(backup.includes('wörd'), false);
});

test('a password that a server refused is not shown again for a while, and a new one is at once', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t);
  const { id } = await world.profiles.create(input);
  const source = world.tokens.for(id, 'imap');
  source.discard((await source.accessToken()).token);
  const problem = await problemOf(source.accessToken());
  assert.equal(problem.code, 'password.refused');
  assert.ok(problem.retry instanceof Date);
  assert.match(problem.remedy ?? '', /enter the password again/);
  assert.equal((await problemOf(world.tokens.for(id, 'smtp').accessToken())).code, 'password.refused');
  await world.profiles.update(id, { password: 'the right one' });
  assert.equal((await source.accessToken()).token, 'the right one');
  source.discard('the right one');
  await problemOf(source.accessToken());
  t.mock.timers.tick(11 * minutes);
  assert.equal((await source.accessToken()).token, 'the right one');
});

test('an update without a password keeps the present one; OAuth 2.0 takes its place with a new consent', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.profiles.create(input);
  await world.profiles.update(id, { name: 'Renamed', password: '' });
  const source = world.tokens.for(id, 'imap');
  assert.equal((await source.accessToken()).token, input.password);
  const oauth = { authentication: 'oauth2', issuer: 'https://id.example', clientId: 'x', clientSecret: 'y' };
  assert.equal((await world.profiles.update(id, oauth)).state, 'consent-needed');
  assert.equal((await problemOf(source.accessToken())).code, 'oauth.consent-needed');
});

test('nobody consents for a password', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.profiles.create(input);
  for (const begun of [world.consent.begin(id, session), world.deviceCode.begin(id)])
    assert.equal((await problemOf(begun)).code, 'consent.not-needed');
  assert.equal((await problemOf(world.adminConsent.begin(id, session))).code, 'consent.no-admin-consent');
});

test('Microsoft and Google take no passwords, and say so; what belongs to an app is named', async (t) => {
  const world = await startWorld(t);
  const refused = async (changes: Record<string, unknown>) => {
    const problem = await problemOf(world.profiles.create({ ...input, ...changes }));
    return Object.fromEntries((problem.fields ?? []).map(({ field, expected }) => [field, expected]));
  };
  assert.match((await refused({ provider: 'microsoft' })).provider ?? '', /take no passwords/);
  assert.match((await refused({ provider: 'google' })).provider ?? '', /takes no passwords/);
  assert.deepEqual(Object.keys(await refused({ password: '' })), ['password']);
  assert.match((await refused({ uses: ['graph'] })).uses ?? '', /takes no passwords/);
  const ofApp = { issuer: 'https://id.example', clientId: 'x', clientSecret: 'y', scopes: 'mail' };
  assert.deepEqual(Object.keys(await refused(ofApp)), ['issuer', 'clientId', 'scopes', 'clientSecret']);
});

test('a server of Microsoft or Google is not signed in to with a password', async (t) => {
  const world = await startWorld(t);
  const profile = await world.profiles.create(input);
  const refused = async (host: string) =>
    (await serverProblems(mailServer({ profileId: profile.id, host }), profile)).map(({ field }) => field);
  for (const host of ['outlook.office365.com', 'imap-mail.outlook.com', 'imap.gmail.com'])
    assert.deepEqual(await refused(host), ['profileId'], host);
  for (const host of ['mail.contoso.com', 'notoutlook.com']) assert.deepEqual(await refused(host), [], host);
});
