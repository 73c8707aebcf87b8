import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { interceptRequests } from './intercepted.ts';
import { type Answer, json, startScriptedAuthority } from './scripted-authority.ts';
import { problemOf, session, startWorld } from './world.ts';

const input = {
  name: 'Gmail',
  provider: 'google',
  clientId: 'id.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-secret',
};
const mail = 'https://mail.google.com/';
const minutes = 60_000;

/** Google's token endpoint, which cannot be had here, answers as the test says. */
async function start(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t);
  const { tokenUrl, asked: requests, answers } = await startScriptedAuthority(t, world.certificates);
  interceptRequests(t, (url, ask) => ask(url === 'https://oauth2.googleapis.com/token' ? tokenUrl : url));
  const { id } = await world.profiles.create(input);
  const url = await world.consent.begin(id, session);
  const callback = new URL(
    `${world.consent.redirectUri}?code=c&state=${url.searchParams.get('state')}&scope=email`,
  );
  const complete = () => world.consent.complete(callback, session);
  return { ...world, id, url, requests, answers, complete };
}

function granted(nonce: string | null, refreshToken?: string): Answer {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://accounts.google.com',
    aud: input.clientId,
    sub: '1',
    iat: now,
    exp: now + 3600,
    nonce,
    email: 'ann@gmail.com',
  };
  const parts = [{ alg: 'RS256' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return json(200, {
    token_type: 'Bearer',
    access_token: 'one',
    expires_in: 3599,
    id_token: `${parts.join('.')}.c2lnbmF0dXJl`,
    ...(refreshToken && { refresh_token: refreshToken }),
  });
}

test('a person consents at Google, by Google’s own rules for a refresh token', async (t) => {
  const world = await start(t);
  assert.equal(world.url.origin + world.url.pathname, 'https://accounts.google.com/o/oauth2/v2/auth');
  const { state, nonce, code_challenge, ...parameters } = Object.fromEntries(world.url.searchParams);
  assert.ok(state && code_challenge);
  assert.deepEqual(parameters, {
    access_type: 'offline',
    prompt: 'consent select_account',
    client_id: input.clientId,
    response_type: 'code',
    redirect_uri: world.consent.redirectUri,
    scope: `${mail} openid email profile`,
    code_challenge_method: 'S256',
  });
  world.answers.push(granted(nonce ?? null, 'kept'));
  assert.equal((await world.complete()).account?.username, 'ann@gmail.com');

  world.answers.splice(0, 1, json(200, { token_type: 'Bearer', access_token: 'two', expires_in: 3599 }));
  t.mock.timers.tick(60 * minutes);
  assert.equal((await world.tokens.for(world.id, 'imap').accessToken()).token, 'two');
  const refresh = world.requests.at(-1);
  assert.deepEqual([refresh?.get('refresh_token'), refresh?.get('scope')], ['kept', mail]);
  assert.equal((await world.stored(world.id))?.refreshToken, 'kept');
});

test('a consent at Google without a refresh token is refused with what to do there', async (t) => {
  const world = await start(t);
  world.answers.push(granted(world.url.searchParams.get('nonce')));
  const problem = await problemOf(world.complete());
  assert.equal(problem.code, 'oauth.no-refresh-token');
  assert.match(problem.remedy ?? '', /myaccount\.google\.com/);
});

test('a consent that Google ended says that one of a test app lasts seven days', async (t) => {
  const world = await start(t);
  world.answers.push(granted(world.url.searchParams.get('nonce'), 'kept'));
  await world.complete();
  world.answers.splice(
    0,
    1,
    json(400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }),
  );
  t.mock.timers.tick(60 * minutes);
  const problem = await problemOf(world.tokens.for(world.id, 'imap').accessToken());
  assert.equal(problem.code, 'oauth.invalid_grant');
  assert.match(problem.cause ?? '', /seven days/);
});

test('what Google does not have is refused with the reason', async (t) => {
  const { profiles } = await startWorld(t);
  const refused = async (changes: Record<string, unknown>) => {
    const problem = await problemOf(profiles.create({ ...input, ...changes }));
    return Object.fromEntries((problem.fields ?? []).map(({ field, expected }) => [field, expected]));
  };
  assert.match((await refused({ grant: 'device_code' })).grant ?? '', /does not allow the Gmail scope/);
  assert.match((await refused({ grant: 'client_credentials' })).grant ?? '', /no app opens mailboxes/);
  const none = { clientAuthentication: 'none', clientSecret: undefined };
  assert.match((await refused(none)).clientAuthentication ?? '', /takes nothing else/);
  assert.match((await refused({ uses: ['imap', 'graph'] })).uses ?? '', /Gmail has no other/);
  assert.deepEqual(
    Object.keys(
      await refused({ tenant: 'contoso.com', cloud: 'china', issuer: 'https://accounts.google.com' }),
    ),
    ['tenant', 'cloud', 'issuer'],
  );
});
