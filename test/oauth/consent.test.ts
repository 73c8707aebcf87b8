import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createBrowser } from '../../lab/browser.ts';
import { account, problemOf, session, startWorld } from './world.ts';

const minutes = 60_000;

test('a person signs in once, and from then on there are tokens', async (t) => {
  const world = await startWorld(t);
  const profile = await world.create();
  assert.equal(profile.state, 'consent-needed');
  const connected = await world.connect(profile.id);
  assert.equal(connected.state, 'connected');
  const { subject = '', ...person } = connected.account ?? {};
  assert.deepEqual(person, { username: account, name: 'support', tenant: world.authority.tenant });
  assert.ok(subject !== '' && subject !== account, 'what an authority calls a person is no address');
  assert.ok(connected.connectedAt);
  assert.deepEqual(
    world.told.map(({ state }) => state),
    ['connected'],
  );
  assert.equal(
    (await world.tokens.for(profile.id, 'imap').accessToken()).token,
    await world.storedToken(profile.id),
  );
  assert.equal(world.asked('refresh_token'), 0);
});

test('the authorization request is bound by state, nonce and PKCE S256, each new every time', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ signInName: account });
  const [one, other] = [await world.consent.begin(id, session), await world.consent.begin(id, session)];
  const parameters = Object.fromEntries(one.searchParams);
  assert.equal(parameters.redirect_uri, world.consent.redirectUri);
  assert.equal(parameters.response_type, 'code');
  assert.equal(parameters.code_challenge_method, 'S256');
  assert.equal(
    parameters.scope,
    'https://outlook.office.com/IMAP.AccessAsUser.All offline_access openid profile email',
  );
  for (const name of ['state', 'nonce', 'code_challenge']) {
    assert.ok(Buffer.from(parameters[name] ?? '', 'base64url').length >= 32, `${name} has 256 bits`);
    assert.notEqual(parameters[name], other.searchParams.get(name));
  }
});

test('consent is never forced, so tenants where only administrators consent are not locked out', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const url = await world.consent.begin(id, session);
  assert.equal(url.searchParams.get('prompt'), 'select_account');
});

test('the account is chosen at each sign-in, and the expected one is proposed', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ signInName: account });
  const url = await world.consent.begin(id, session);
  assert.equal(url.searchParams.get('prompt'), 'select_account');
  assert.equal(url.searchParams.get('login_hint'), account);
});

test('another account than the profile names is refused with both names, and nothing is kept', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ signInName: account });
  const problem = await problemOf(world.connect(id, 'admin@contoso.example'));
  assert.equal(problem.code, 'oauth.other-account');
  assert.match(problem.detail ?? '', /support@contoso\.example.*admin@contoso\.example/);
  assert.equal((await world.profiles.get(id)).state, 'consent-needed');
  assert.equal(await world.stored(id), null);
});

test('the sign-in name is compared whatever its case', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ signInName: 'Support@Contoso.Example' });
  assert.equal((await world.connect(id)).state, 'connected');
});

test('a reconnect that is refused leaves what was connected before', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ signInName: account });
  await world.connect(id);
  const before = await world.stored(id);
  assert.equal((await problemOf(world.connect(id, 'admin@contoso.example'))).code, 'oauth.other-account');
  assert.equal((await problemOf(cancel())).code, 'oauth.AADSTS65004');
  assert.equal((await world.profiles.get(id)).state, 'connected');
  assert.deepEqual(await world.stored(id), before);

  async function cancel() {
    return world.consent.complete(await world.signIn(id, account, 'cancel'), session);
  }
});

test('a grant without a refresh token is refused at once with the reason', async (t) => {
  const world = await startWorld(t);
  world.authority.faults.noRefreshToken = true;
  const { id } = await world.create();
  const problem = await problemOf(world.connect(id));
  assert.equal(problem.code, 'oauth.no-refresh-token');
  assert.match(problem.remedy ?? '', /offline_access/);
  assert.equal(await world.stored(id), null);
});

test('reloading the page after the consent gives the same answer and redeems nothing twice', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const callback = await world.signIn(id);
  const first = await world.consent.complete(callback, session);
  assert.deepEqual(await world.consent.complete(callback, session), first);
  assert.equal(world.asked('authorization_code'), 1);
});

test('a double click waits for the first click’s outcome', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  world.authority.faults.slowMilliseconds = 50;
  const callback = await world.signIn(id);
  const answers = await Promise.all([1, 2, 3].map(() => world.consent.complete(new URL(callback), session)));
  assert.deepEqual(
    answers.map(({ state }) => state),
    ['connected', 'connected', 'connected'],
  );
  assert.equal(world.asked('authorization_code'), 1);
});

test('a refusal is the same after a reload', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ signInName: 'someone.else@contoso.example' });
  const callback = await world.signIn(id);
  const first = await problemOf(world.consent.complete(callback, session));
  assert.deepEqual((await problemOf(world.consent.complete(callback, session))).toJSON(), first.toJSON());
  assert.equal(world.asked('authorization_code'), 1);
});

test('a state that Letterbox did not make is refused, and no code is redeemed', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const callback = await world.signIn(id);
  for (const change of [
    (url: URL) => url.searchParams.set('state', 'A'.repeat(43)),
    (url: URL) => url.searchParams.delete('state'),
  ]) {
    const changed = new URL(callback);
    change(changed);
    const problem = await problemOf(world.consent.complete(changed, session));
    assert.equal(problem.code, 'consent.unknown');
    assert.match(problem.remedy ?? '', /press Connect/);
  }
  assert.equal(world.asked('authorization_code'), 0);
});

test('a state of another browser session is refused there, and still good in its own', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const callback = await world.signIn(id);
  const problem = await problemOf(world.consent.complete(callback, 'another-session'));
  assert.equal(problem.code, 'consent.unknown');
  assert.equal(world.asked('authorization_code'), 0);
  assert.equal((await world.consent.complete(callback, session)).state, 'connected');
  assert.equal(
    (await problemOf(world.consent.complete(callback, 'another-session'))).code,
    'consent.unknown',
  );
});

test('a consent that took longer than 15 minutes is refused with the reason', async (t) => {
  const world = await startWorld(t);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { id } = await world.create();
  const callback = await world.signIn(id);
  t.mock.timers.tick(15 * minutes + 1);
  assert.equal((await problemOf(world.consent.complete(callback, session))).code, 'consent.expired');
  assert.equal(world.asked('authorization_code'), 0);
});

test('a code of another sign-in is worth nothing, as its proof key is missing', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const stolen = await world.signIn(id);
  const callback = await world.signIn(id);
  callback.searchParams.set('code', stolen.searchParams.get('code') ?? '');
  assert.equal((await problemOf(world.consent.complete(callback, session))).code, 'oauth.AADSTS501481');
  assert.equal(await world.stored(id), null);
});

test('an identity token for another request is refused by its nonce', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const url = await world.consent.begin(id, session);
  url.searchParams.set('nonce', 'of-another-request');
  const problem = await problemOf(
    world.consent.complete(await createBrowser().consent(url, account), session),
  );
  assert.equal(problem.code, 'oauth.answer-invalid');
  assert.equal(await world.stored(id), null);
});

test('a consent that the process did not survive is said to be interrupted', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const callback = await world.signIn(id);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  // As far as the process before came: the state is taken, its outcome unknown.
  await world.store.consents.take(sha256(callback.searchParams.get('state') ?? ''), sha256(session));
  const problem = await problemOf(world.consent.complete(callback, session));
  assert.equal(problem.code, 'consent.interrupted');
  assert.equal(world.asked('authorization_code'), 0);
});

test('an answer in another issuer’s name is refused (RFC 9207)', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const callback = await world.signIn(id);
  callback.searchParams.set('iss', 'https://login.evil.example/v2.0');
  const problem = await problemOf(world.consent.complete(callback, session));
  assert.equal(problem.code, 'oauth.answer-invalid');
  assert.match(problem.detail ?? '', /iss: expected https:\/\/localhost.*got https:\/\/login\.evil\.example/);
  assert.equal(world.asked('authorization_code'), 0);
});

test('what the person declined is said as such', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const callback = await world.signIn(id, account, 'cancel');
  const problem = await problemOf(world.consent.complete(callback, session));
  assert.equal(problem.code, 'oauth.AADSTS65004');
  assert.equal(problem.title, 'The consent was declined');
  assert.equal(world.asked('authorization_code'), 0);
});

test('a wrong client secret shows at the consent, with the likely cause', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ clientSecret: 'not~the~secret' });
  const problem = await problemOf(world.connect(id));
  assert.equal(problem.code, 'oauth.AADSTS7000215');
  assert.match(problem.cause ?? '', /Secret ID/);
});

test('no error of a consent holds the code, the state or the secret', async (t) => {
  const world = await startWorld(t);
  const clientSecret = 'not~the~secret';
  const { id } = await world.create({ clientSecret });
  const callback = await world.signIn(id);
  const problem = await problemOf(world.consent.complete(callback, session));
  for (const hidden of [
    callback.searchParams.get('code') ?? '-',
    callback.searchParams.get('state') ?? '-',
    clientSecret,
  ])
    assert.equal(JSON.stringify(problem).includes(hidden), false);
});

test('an app by itself needs no consent, and says so', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.createAppOnly();
  assert.equal((await problemOf(world.consent.begin(id, session))).code, 'consent.not-needed');
});
