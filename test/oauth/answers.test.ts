import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { type Answer, json, startScriptedAuthority } from './scripted-authority.ts';
import { problemOf, session, startWorld } from './world.ts';

const minutes = 60_000;
const custom = { provider: 'custom', clientId: 'letterbox', clientSecret: 'secret' };

/** A custom profile of an app by itself, at an authority that answers as told. */
async function startWith(t: TestContext, ...answers: Answer[]) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t);
  const authority = await startScriptedAuthority(t, world.certificates);
  authority.answers.push(...answers);
  const { tokenUrl } = authority;
  const { id } = await world.profiles.create({
    ...custom,
    name: 'Scripted',
    grant: 'client_credentials',
    tokenUrl,
  });
  return { ...world, ...authority, id, source: world.tokens.for(id, 'imap') };
}

test('opaque tokens of 20 kB are stored whole and refreshed', async (t) => {
  const world = await startWith(t);
  const opaque = () => randomBytes(15_000).toString('base64');
  const grants = [1, 2].map(() => ({
    token_type: 'Bearer',
    access_token: opaque(),
    refresh_token: opaque(),
    expires_in: 3600,
  }));
  world.answers.push(...grants.map((grant) => json(200, grant)));
  const { authorizationUrl, tokenUrl } = world;
  const { id } = await world.profiles.create({ ...custom, name: 'Person', authorizationUrl, tokenUrl });
  const url = await world.consent.begin(id, session);
  const state = url.searchParams.get('state');
  await world.consent.complete(
    new URL(`${world.consent.redirectUri}?code=${'c'.repeat(4000)}&state=${state}`),
    session,
  );
  assert.equal((await world.stored(id))?.refreshToken, grants[0]?.refresh_token);
  assert.equal((await world.tokens.for(id, 'imap').accessToken()).token, grants[0]?.access_token);
  t.mock.timers.tick(60 * minutes);
  assert.equal((await world.tokens.for(id, 'imap').accessToken()).token, grants[1]?.access_token);
  assert.equal(world.asked.at(-1)?.get('refresh_token'), grants[0]?.refresh_token);
  assert.equal((await world.stored(id))?.refreshToken, grants[1]?.refresh_token);
});

test('a refresh that brings no new refresh token keeps the old one', async (t) => {
  const world = await startWith(t);
  world.answers.push(
    json(200, { token_type: 'Bearer', access_token: 'one', refresh_token: 'kept', expires_in: 3600 }),
    json(200, { token_type: 'Bearer', access_token: 'two', expires_in: 3600 }),
  );
  const { authorizationUrl, tokenUrl } = world;
  const { id } = await world.profiles.create({ ...custom, name: 'Person', authorizationUrl, tokenUrl });
  const state = (await world.consent.begin(id, session)).searchParams.get('state');
  await world.consent.complete(new URL(`${world.consent.redirectUri}?code=c&state=${state}`), session);
  t.mock.timers.tick(60 * minutes);
  assert.equal((await world.tokens.for(id, 'imap').accessToken()).token, 'two');
  assert.equal((await world.stored(id))?.refreshToken, 'kept');
});

test('an authority that asks to be left alone is left alone for as long', async (t) => {
  const world = await startWith(
    t,
    json(429, { error: 'too_many_requests' }, { 'retry-after': '1200' }),
    json(200, { token_type: 'Bearer', access_token: 'at last', expires_in: 3600 }),
  );
  const problem = await problemOf(world.source.accessToken());
  assert.ok(problem.retry instanceof Date);
  assert.ok(Math.abs(problem.retry.getTime() - Date.now() - 20 * minutes) < 2000);
  t.mock.timers.tick(19 * minutes);
  await problemOf(world.source.accessToken());
  assert.equal(world.asked.length, 1);
  t.mock.timers.tick(2 * minutes);
  assert.equal((await world.source.accessToken()).token, 'at last');
});

test('a page in place of an answer is a passing fault, and one that stays for an hour is told', async (t) => {
  const page =
    (status: number): Answer =>
    (response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>');
  const world = await startWith(t, page(502), page(404), page(200), page(302));
  const passing = await problemOf(world.source.accessToken());
  assert.equal(passing.code, 'oauth.unavailable');
  assert.match(passing.detail ?? '', /502/);
  assert.equal((await world.profiles.get(world.id)).state, 'consent-needed');
  for (const status of [404, 200, 302]) {
    t.mock.timers.tick(10 * minutes);
    const problem = await problemOf(world.source.accessToken());
    assert.equal(problem.code, 'oauth.answer-invalid');
    assert.match(problem.detail ?? '', new RegExp(String(status)));
    assert.equal((await world.profiles.get(world.id)).state, 'consent-needed');
  }
  t.mock.timers.tick(40 * minutes);
  await problemOf(world.source.accessToken());
  const profile = await world.profiles.get(world.id);
  assert.deepEqual([profile.state, profile.problem?.code], ['failing', 'oauth.answer-invalid']);
});

test('an answer without an end is not read to its end', async (t) => {
  const world = await startWith(t, (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  const problem = await problemOf(world.source.accessToken());
  assert.equal(problem.code, 'oauth.answer-invalid');
  assert.match(problem.detail ?? '', /more than 1048576 bytes/);
});

test('a refusal is understood also where it comes with a challenge (RFC 6749 5.2)', async (t) => {
  const world = await startWith(
    t,
    json(
      401,
      { error: 'invalid_client', error_description: 'no such client' },
      { 'www-authenticate': 'Basic' },
    ),
  );
  const problem = await problemOf(world.source.accessToken());
  assert.equal(problem.code, 'oauth.invalid_client');
  assert.match(problem.detail ?? '', /no such client/);
});

test('an answer that is no token is refused, and nothing of it is shown', async (t) => {
  const world = await startWith(t, json(200, { token_type: 'Bearer', access_token: { hidden: 'hidden' } }));
  const problem = await problemOf(world.source.accessToken());
  assert.equal(problem.code, 'oauth.answer-invalid');
  assert.doesNotMatch(JSON.stringify(problem), /hidden/);
});

test('an authority that is not there, or is not whom its certificate names, is unreachable with the cause', async (t) => {
  const world = await startWith(t);
  const port = new URL(world.tokenUrl).port;
  const at = async (name: string, tokenUrl: string) => {
    const input = { ...custom, name, grant: 'client_credentials', tokenUrl };
    const { id } = await world.profiles.create(input);
    return problemOf(world.tokens.for(id, 'imap').accessToken());
  };
  const wrongName = await at('By another name', `https://127.0.0.2:${port}/token`);
  assert.equal(wrongName.code, 'oauth.unreachable');
  const gone = await at('Gone', 'https://127.0.0.1:2/token');
  assert.equal(gone.code, 'oauth.unreachable');
  assert.match(gone.detail ?? '', /127\.0\.0\.1:2: the connection is refused/);
  const nowhere = await at('Nowhere', 'https://authority.invalid/token');
  assert.match(nowhere.cause ?? '', /DNS server/);
  for (const { retry } of [wrongName, gone, nowhere]) assert.ok(retry instanceof Date);
});

test('a certificate for another host name is refused, with what to do', async (t) => {
  const world = await startWith(t);
  const { certFile, keyFile } = await world.certificates.issue(['elsewhere.example']);
  const stranger = { ...world.certificates, issue: async () => ({ certFile, keyFile }) };
  const { tokenUrl } = await startScriptedAuthority(t, stranger);
  const { id } = await world.profiles.create({ ...custom, name: 'S', grant: 'client_credentials', tokenUrl });
  const problem = await problemOf(world.tokens.for(id, 'imap').accessToken());
  assert.equal(problem.code, 'oauth.certificate');
  assert.match(problem.cause ?? '', /another host name/);
});

/** A consent at a custom authority whose identity token says what the test wants. */
async function consentWith(
  t: TestContext,
  claims: Record<string, unknown>,
  signInName: string | null = null,
) {
  const world = await startWith(t);
  const { authorizationUrl, tokenUrl } = world;
  const scopes = 'openid offline_access';
  const input = { ...custom, name: 'Person', authorizationUrl, tokenUrl, scopes, signInName };
  const { id } = await world.profiles.create(input);
  const { searchParams } = await world.consent.begin(id, session);
  const now = Math.floor(Date.now() / 1000);
  const token = {
    iss: new URL(tokenUrl).origin,
    aud: custom.clientId,
    sub: '42',
    iat: now,
    exp: now + 3600,
    nonce: searchParams.get('nonce'),
    ...claims,
  };
  const parts = [{ alg: 'RS256' }, token].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const grant = { token_type: 'Bearer', access_token: 'one', refresh_token: 'kept', expires_in: 3600 };
  world.answers.push(json(200, { ...grant, id_token: `${parts.join('.')}.c2lnbmF0dXJl` }));
  const callback = new URL(`${world.consent.redirectUri}?code=c&state=${searchParams.get('state')}`);
  return world.consent.complete(callback, session);
}

test('a sign-in name that differs from the mail address is known by either', async (t) => {
  const claims = { preferred_username: 'ann@contoso.onmicrosoft.com', email: 'Ann.Lee@contoso.com' };
  for (const signInName of Object.values(claims)) {
    const { account } = await consentWith(t, claims, signInName.toLowerCase());
    assert.equal(account?.username, 'ann@contoso.onmicrosoft.com');
    t.mock.timers.reset();
  }
});

test('an identity token without a name does not pass for the person expected', async (t) => {
  assert.equal((await problemOf(consentWith(t, {}, 'ann@contoso.com'))).code, 'oauth.other-account');
});

test('an identity token of another issuer, for another app, or run out is refused, and says which', async (t) => {
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ iss: 'https://evil.example' }, /iss: expected https:\/\/localhost:\d+, got https:\/\/evil\.example/],
    [{ aud: 'another-app' }, /aud: expected letterbox, got another-app/],
    [{ exp: 1 }, /clock of this machine/],
    [{ nonce: 'another' }, /nonce/],
  ];
  for (const [claims, said] of wrong) {
    const problem = await problemOf(consentWith(t, claims));
    assert.equal(problem.code, 'oauth.answer-invalid');
    assert.match(`${problem.detail} ${problem.cause}`, said);
    t.mock.timers.reset();
  }
});
