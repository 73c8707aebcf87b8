import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createBrowser } from '../../lab/browser.ts';
import { problemOf, session, startWorld } from './world.ts';

const admin = 'admin@contoso.example';
const minutes = 60_000;

/** A profile in a tenant whose people cannot consent themselves. */
async function start(t: TestContext, input: Record<string, unknown> = {}) {
  const world = await startWorld(t);
  const client = world.authority.register({
    redirectUris: [world.consent.redirectUri, world.adminConsent.redirectUri],
    adminConsentRequired: true,
  });
  const { id } = await world.create({ ...client, ...input });
  const ask = () => world.adminConsent.begin(id, session);
  const answer = async (action?: 'cancel') => createBrowser().consent(await ask(), admin, action);
  return { ...world, id, ask, answer };
}

test('an administrator consents for everybody in a step of its own, and then a person connects', async (t) => {
  const world = await start(t);
  const refused = await problemOf(world.connect(world.id));
  assert.equal(refused.code, 'oauth.AADSTS90094');
  assert.match(refused.title, /administrator must consent/);

  const url = await world.ask();
  assert.equal(url.pathname, `/${world.authority.tenant}/v2.0/adminconsent`);
  const { state, ...parameters } = Object.fromEntries(url.searchParams);
  assert.ok(state);
  assert.deepEqual(parameters, {
    client_id: (await world.profiles.get(world.id)).clientId,
    redirect_uri: world.adminConsent.redirectUri,
    scope: 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access openid profile email',
  });
  const callback = await world.answer();
  assert.equal((await world.adminConsent.complete(callback, session)).id, world.id);
  assert.equal((await world.profiles.get(world.id)).state, 'consent-needed', 'nobody has a token by it');
  assert.equal((await world.adminConsent.complete(callback, session)).id, world.id, 'a reload is harmless');
  assert.equal((await world.connect(world.id)).state, 'connected');
});

test('an administrator who declines is told as such, and it is kept until one consents', async (t) => {
  const world = await start(t);
  const declined = await world.answer('cancel');
  const { adminConsent } = await world.adminConsent.complete(declined, session);
  assert.equal(adminConsent?.problem?.code, 'oauth.AADSTS65004');
  assert.deepEqual((await world.profiles.get(world.id)).adminConsent, adminConsent);
  assert.match((await problemOf(world.connect(world.id))).code, /90094/);

  await setTimeout(2);
  const { adminConsent: given } = await world.adminConsent.complete(await world.answer(), session);
  assert.equal(given?.problem, null);
  assert.deepEqual(
    (await world.adminConsent.complete(declined, session)).adminConsent,
    given,
    'what was answered before changes nothing',
  );
});

test('a consent is kept with when it was given, in which tenant and for what; until the app is another', async (t) => {
  const world = await start(t);
  const before = new Date().toISOString();
  const { adminConsent } = await world.adminConsent.complete(await world.answer(), session);
  assert.ok(
    adminConsent && adminConsent.answeredAt >= before && adminConsent.askedAt <= adminConsent.answeredAt,
  );
  assert.equal(adminConsent.tenant, world.authority.tenant);
  assert.match(adminConsent.scope, /^https:\/\/outlook\.office\.com\/IMAP\.AccessAsUser\.All /);
  const renamed = await world.profiles.update(world.id, { name: 'Another name' });
  assert.deepEqual(renamed.adminConsent, adminConsent);
  const { clientId, clientSecret } = world.authority.register({ redirectUris: [world.consent.redirectUri] });
  assert.equal((await world.profiles.update(world.id, { clientId, clientSecret })).adminConsent, null);
});

test('a consent in another tenant than the profile’s is told as that', async (t) => {
  const world = await start(t);
  const answer = await world.answer();
  answer.searchParams.set('tenant', '0a1b2c3d-1111-4222-8333-944455556666');
  const { adminConsent } = await world.adminConsent.complete(answer, session);
  assert.equal(adminConsent?.problem?.code, 'consent.other-tenant');
  assert.match(adminConsent.problem.detail ?? '', new RegExp(world.authority.tenant));
});

test('a consent that was asked for another app than the profile now names is not taken', async (t) => {
  const world = await start(t);
  const answer = await world.answer();
  const { clientId, clientSecret } = world.authority.register({ redirectUris: [world.consent.redirectUri] });
  await world.profiles.update(world.id, { clientId, clientSecret });
  assert.equal(
    (await problemOf(world.adminConsent.complete(answer, session))).code,
    'consent.profile-changed',
  );
  assert.equal((await world.profiles.get(world.id)).adminConsent, null);
});

test('before an administrator is sent off, the redirect URI of administrators is looked for', async (t) => {
  const world = await start(t);
  assert.equal(await world.adminConsent.check(world.id), true);
  world.authority.app((await world.profiles.get(world.id)).clientId).redirectUris = [
    world.consent.redirectUri,
  ];
  assert.equal((await problemOf(world.adminConsent.check(world.id))).code, 'oauth.AADSTS50011');
});

test('an answer that Letterbox did not ask for, or not in this browser, or not in time, is refused', async (t) => {
  const world = await start(t);
  const callback = await world.answer();
  const complete = (url: URL, who = session) => problemOf(world.adminConsent.complete(url, who));
  assert.equal((await complete(callback, 'another-session')).code, 'consent.unknown');
  for (const forged of ['', 'x', 'e30.x', `${callback.searchParams.get('state')}x`]) {
    const url = new URL(callback);
    url.searchParams.set('state', forged);
    assert.equal((await complete(url)).code, 'consent.unknown');
  }
  const silent = new URL(callback);
  silent.searchParams.delete('admin_consent');
  assert.equal((await complete(silent)).code, 'consent.unknown');
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 61 * minutes });
  assert.equal((await complete(callback)).code, 'consent.expired');
});

test('for an app by itself everything that it is registered with is asked for', async (t) => {
  const world = await start(t, { grant: 'client_credentials', uses: ['imap', 'graph'] });
  assert.equal((await world.ask()).searchParams.get('scope'), 'https://outlook.office365.com/.default');
  const { id } = await world.adminConsent.complete(await world.answer(), session);
  assert.equal(id, world.id);
});

test('common cannot be asked for; personal accounts and other providers have no administrators', async (t) => {
  const world = await startWorld(t);
  const client = { clientId: '0a1b2c3d-1111-4222-8333-944455556666', clientSecret: 'abc~def' };
  const link = async (input: object) =>
    world.adminConsent.begin((await world.profiles.create({ ...client, ...input })).id, session);
  const common = await link({ name: 'Common', tenant: 'common' });
  assert.equal(common.pathname, '/organizations/v2.0/adminconsent');
  const cloud = await link({ name: 'Government', tenant: 'contoso.us', cloud: 'us-government-high' });
  assert.equal(cloud.origin, 'https://login.microsoftonline.us');
  for (const input of [
    { name: 'Personal', tenant: 'consumers' },
    { name: 'Google', provider: 'google' },
  ])
    assert.equal((await problemOf(link(input))).code, 'consent.no-admin-consent');
});
