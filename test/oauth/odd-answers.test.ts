import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { restarted } from './connected.ts';
import { type Answer, json, startScriptedAuthority } from './scripted-authority.ts';
import { problemOf, session, startWorld } from './world.ts';

const seconds = 1000;
const minutes = 60 * seconds;
const good = { token_type: 'Bearer', access_token: 'good', refresh_token: 'rotated', expires_in: 3600 };
const first = json(200, { ...good, access_token: 'first', refresh_token: 'first' });

/** A profile that a person has connected, whose token has run out; the next answer is the test's. */
async function startRunOut(t: TestContext, profile: Record<string, unknown> = {}) {
  t.mock.timers.reset();
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t);
  const authority = await startScriptedAuthority(t, world.certificates);
  const { authorizationUrl, tokenUrl } = authority;
  const { id } = await world.profiles.create({
    provider: 'custom',
    name: 'Person',
    clientId: 'letterbox',
    clientSecret: 'a/secret+with="signs"&more',
    authorizationUrl,
    tokenUrl,
    ...profile,
  });
  authority.answers.push(first);
  const state = (await world.consent.begin(id, session)).searchParams.get('state');
  await world.consent.complete(new URL(`${world.consent.redirectUri}?code=c0de&state=${state}`), session);
  authority.answers.length = 0;
  authority.asked.length = 0;
  world.told.length = 0;
  t.mock.timers.tick(61 * minutes);
  const lifetime = async () => {
    const token = Object.values((await world.stored(id))?.access ?? {})[0];
    return (Date.parse(token?.expiresAt ?? '') - Date.parse(token?.obtainedAt ?? '')) / seconds;
  };
  return { ...world, ...authority, id, source: world.tokens.for(id, 'imap'), lifetime };
}

const kept = (answer: Record<string, unknown>, refreshToken = 'rotated', lifetime = 3600) => ({
  answer,
  refreshToken,
  lifetime,
});
const { refresh_token: _, ...withoutRefresh } = good;
const year = 366 * 24 * 3600;

const oddButGood: Record<string, ReturnType<typeof kept>> = {
  'refresh_token null': kept({ ...good, refresh_token: null }, 'first'),
  'refresh_token empty': kept({ ...good, refresh_token: '' }, 'first'),
  'refresh_token left out': kept(withoutRefresh, 'first'),
  'refresh_token a number': kept({ ...good, refresh_token: 7 }, 'first'),
  'refresh_token false': kept({ ...good, refresh_token: false }, 'first'),
  'refresh_token a list': kept({ ...good, refresh_token: ['x'] }, 'first'),
  'expires_in null': kept({ ...good, expires_in: null }),
  'expires_in empty': kept({ ...good, expires_in: '' }),
  'expires_in left out': kept({ ...good, expires_in: undefined }),
  'expires_in as digits': kept({ ...good, expires_in: '7200' }, 'rotated', 7200),
  'expires_in as digits with a point': kept({ ...good, expires_in: ' 1800.0 ' }, 'rotated', 1800),
  'expires_in as words': kept({ ...good, expires_in: 'one hour' }),
  'expires_in "NaN"': kept({ ...good, expires_in: 'NaN' }),
  'expires_in negative': kept({ ...good, expires_in: -1 }),
  'expires_in negative digits': kept({ ...good, expires_in: '-3600' }),
  'expires_in 0': kept({ ...good, expires_in: 0 }),
  'expires_in "0"': kept({ ...good, expires_in: '0' }),
  'expires_in 1e16': kept({ ...good, expires_in: 1e16 }, 'rotated', year),
  'expires_in 1e300': kept({ ...good, expires_in: 1e300 }, 'rotated', year),
  'expires_in of 400 digits': kept({ ...good, expires_in: '9'.repeat(400) }),
  'expires_in true': kept({ ...good, expires_in: true }),
  'expires_in an object': kept({ ...good, expires_in: {} }),
  'scope null': kept({ ...good, scope: null }),
  'scope empty': kept({ ...good, scope: '' }),
  'scope a list': kept({ ...good, scope: ['one', 'two'] }),
  'scope a list of lists': kept({ ...good, scope: [['one'], null] }),
  'scope a number': kept({ ...good, scope: 1 }),
  'token_type left out': kept({ ...good, token_type: undefined }),
  'token_type null': kept({ ...good, token_type: null }),
  'token_type empty': kept({ ...good, token_type: '' }),
  'token_type BEARER': kept({ ...good, token_type: 'BEARER' }),
  'token_type with spaces': kept({ ...good, token_type: ' bearer ' }),
  'token_type a list': kept({ ...good, token_type: ['Bearer'] }),
  'id_token null': kept({ ...good, id_token: null }),
  'id_token empty': kept({ ...good, id_token: '' }),
  'id_token an object': kept({ ...good, id_token: {} }),
  'error null beside the token': kept({ ...good, error: null, error_description: '' }),
  'members that nobody knows': kept({ ...good, ext_expires_in: null, resource: [], foci: '1', '': '' }),
  'everything odd at once': kept(
    {
      access_token: 'good',
      token_type: null,
      expires_in: null,
      scope: [],
      refresh_token: 'rotated',
      id_token: '',
    },
    'rotated',
  ),
};

test('a token is kept, and the refresh token with it, whatever is odd about members that need not be there', async (t) => {
  const world = await startRunOut(t);
  for (const [name, { answer, refreshToken, lifetime }] of Object.entries(oddButGood)) {
    const from = (await world.stored(world.id))?.refreshToken;
    world.answers.splice(0, Infinity, json(200, answer));
    assert.equal((await world.source.accessToken()).token, 'good', name);
    const expected = refreshToken === 'first' ? from : refreshToken;
    assert.equal((await world.stored(world.id))?.refreshToken, expected, name);
    assert.equal(await world.lifetime(), lifetime, name);
    assert.equal(world.asked.at(-1)?.get('refresh_token'), from, name);
    t.mock.timers.tick((lifetime + 60) * seconds);
  }
  assert.deepEqual(world.told, []);
});

test('a good answer is taken under another media type and another 2xx as well', async (t) => {
  const world = await startRunOut(t);
  const body = JSON.stringify(good);
  const answers: Record<string, Answer> = {
    'text/html': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(body),
    'no media type': (response) => response.writeHead(200).end(body),
    201: (response) => response.writeHead(201, { 'content-type': 'application/json' }).end(body),
    'a byte order mark': (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(`\ufeff${body}`),
  };
  for (const [name, answer] of Object.entries(answers)) {
    world.answers.splice(0, Infinity, answer);
    assert.equal((await world.source.accessToken()).token, 'good', name);
    t.mock.timers.tick(61 * minutes);
  }
});

const page =
  (status: number, type: string, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);

const noAnswers: Record<string, [answer: Answer, told: RegExp]> = {
  'a sign-in page of the network': [page(200, 'text/html', '<form>Accept the terms</form>'), /200.*page/],
  nothing: [page(200, 'application/json', ''), /200.*nothing/],
  'an empty object': [json(200, {}), /access_token/],
  null: [page(200, 'application/json', 'null'), /200/],
  'a list': [page(200, 'application/json', '[]'), /200/],
  'JSON cut off': [page(200, 'application/json', '{"access_token":"go'), /200.*cut off/],
  'HTML as JSON': [page(200, 'application/json', '<html>'), /200/],
  'access_token null': [json(200, { ...good, access_token: null }), /access_token/],
  'access_token empty': [json(200, { ...good, access_token: '' }), /access_token/],
  'access_token a number': [json(200, { ...good, access_token: 5 }), /access_token/],
  'a token of a type that nobody knows': [json(200, { ...good, token_type: 'mac' }), /token_type/],
  'a redirect': [page(302, 'text/html', '', { location: 'https://portal.example/' }), /302/],
  'a redirect of POST': [page(307, 'text/html', '', { location: 'https://portal.example/' }), /307/],
  400: [page(400, 'text/html', '<h1>Bad Request</h1>'), /400/],
  '400 with nothing': [page(400, 'application/json', ''), /400/],
  '400 with an error that is an object': [json(400, { error: { code: 'x' } }), /400/],
  401: [page(401, 'text/html', '', { 'www-authenticate': 'Basic realm="proxy"' }), /401/],
  403: [page(403, 'text/html', '<h1>Forbidden</h1>'), /403/],
  404: [page(404, 'text/html', '<h1>Not Found</h1>'), /404/],
  407: [page(407, 'text/html', ''), /authority/],
  408: [page(408, 'text/plain', ''), /408/],
  429: [page(429, 'text/html', 'slow down'), /429/],
  500: [page(500, 'text/html', ''), /500/],
  502: [page(502, 'text/html', '<h1>Bad Gateway</h1>'), /502/],
  503: [json(503, { message: 'down' }), /503/],
  504: [page(504, 'text/html', ''), /504/],
  'a body cut off': [
    (response) => response.writeHead(200, { 'content-length': '500' }).write('{', () => response.destroy()),
    /authority/,
  ],
  'no answer at all': [(response) => void response.destroy(), /authority/],
};

test('an answer that is none of an authority passes: tried again within seconds, and nothing is told', async (t) => {
  const world = await startRunOut(t);
  for (const [name, [answer, told]] of Object.entries(noAnswers)) {
    const from = (await world.stored(world.id))?.refreshToken;
    world.asked.length = 0;
    world.answers.splice(0, Infinity, answer);
    const problem = await problemOf(world.source.accessToken());
    assert.match(problem.message, told, name);
    assert.ok(problem.retry instanceof Date, name);
    assert.ok(problem.retry.getTime() - Date.now() <= 5 * seconds, `${name}: within seconds`);
    assert.notEqual(problem.kind, 'consent', name);
    world.answers.splice(0, Infinity, json(200, good));
    t.mock.timers.setTime(problem.retry.getTime());
    assert.equal((await world.source.accessToken()).token, 'good', name);
    assert.deepEqual(
      world.asked.map((form) => form.get('refresh_token')),
      [from, from],
      name,
    );
    t.mock.timers.tick(61 * minutes);
  }
  assert.deepEqual(world.told, []);
  assert.equal((await world.profiles.get(world.id)).state, 'connected');
});

test('the next refresh token is kept also of an answer whose access token cannot be used', async (t) => {
  const world = await startRunOut(t);
  const odd = [
    { access_token: null, refresh_token: 'second' },
    { ...good, token_type: 'mac', refresh_token: 'third' },
    { refresh_token: 'fourth' },
  ];
  for (const answer of odd) {
    world.answers.splice(0, Infinity, json(200, answer));
    const problem = await problemOf(world.source.accessToken());
    assert.ok(problem.retry instanceof Date);
    assert.equal((await world.stored(world.id))?.refreshToken, answer.refresh_token);
    assert.doesNotMatch(JSON.stringify(problem), new RegExp(answer.refresh_token));
    t.mock.timers.setTime(problem.retry.getTime());
  }
  world.answers.splice(0, Infinity, json(200, { ...good, refresh_token: undefined }));
  assert.equal((await restarted(world).for(world.id, 'imap').accessToken()).token, 'good');
  assert.equal(world.asked.at(-1)?.get('refresh_token'), 'fourth');
});

test('what an answer brings is not kept after an identity token that does not hold', async (t) => {
  const world = await startRunOut(t);
  const claims = { iss: 'https://evil.example', aud: 'letterbox', sub: '1', iat: 1, exp: 9_999_999_999 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const idTokens = [`${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`, 'not a token', 'a.b.c'];
  for (const id_token of idTokens) {
    world.answers.splice(0, Infinity, json(200, { ...good, id_token }));
    assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.answer-invalid');
    assert.equal((await world.stored(world.id))?.refreshToken, 'first');
    t.mock.timers.tick(30 * minutes);
  }
});

const microsoft = (code: number, error = 'invalid_grant') =>
  json(400, { error, error_description: `AADSTS${code}: words. Trace ID: 1`, error_codes: [code] });

test('a grant that is refused without a reason is told once and tried some more times within an hour', async (t) => {
  const world = await startRunOut(t);
  world.answers.push(json(400, { error: 'invalid_grant' }));
  const began = Date.now();
  const at: number[] = [];
  for (let n = 0; n < 5; n++) {
    const problem = await problemOf(world.source.accessToken());
    at.push(Math.round((Date.now() - began) / minutes));
    if (problem.retry instanceof Date) {
      assert.deepEqual([problem.code, problem.kind], ['oauth.invalid_grant', 'consent']);
      assert.equal((await world.profiles.get(world.id)).state, 'failing');
      // Whoever asks meanwhile makes no request, also after a restart
      t.mock.timers.setTime(problem.retry.getTime() - seconds);
      for (const tokens of [world.tokens, restarted(world)])
        assert.equal(
          (await problemOf(tokens.for(world.id, 'imap').accessToken())).code,
          'oauth.invalid_grant',
        );
      assert.equal(world.asked.length, n + 1);
      t.mock.timers.setTime(problem.retry.getTime());
    } else assert.equal(problem.code, 'oauth.consent-needed');
  }
  assert.deepEqual(at, [0, 1, 5, 20, 60]);
  t.mock.timers.tick(24 * 60 * minutes);
  assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.consent-needed');
  assert.equal(world.asked.length, 5);
  assert.deepEqual(
    world.told.map(({ state }) => state),
    ['failing', 'consent-needed'],
  );
});

test('a refusal that passes ends no consent, and restarts between neither forget it nor begin anew', async (t) => {
  const world = await startRunOut(t);
  const refused = json(400, { error: 'invalid_grant', error_description: 'try me again' });
  for (let n = 0; n < 3; n++) {
    world.answers.splice(0, Infinity, refused);
    const problem = await problemOf(restarted(world).for(world.id, 'imap').accessToken());
    assert.ok(problem.retry instanceof Date);
    t.mock.timers.setTime(problem.retry.getTime());
  }
  assert.equal((await world.stored(world.id))?.refused?.count, 3);
  world.answers.splice(0, Infinity, json(200, good));
  assert.equal((await restarted(world).for(world.id, 'imap').accessToken()).token, 'good');
  assert.equal((await world.stored(world.id))?.refused, undefined);
  const { state, problem } = await world.profiles.get(world.id);
  assert.deepEqual([state, problem], ['connected', null]);
});

test('a refusal by a person’s deed is final at once', async (t) => {
  const world = await startRunOut(t);
  for (const error of ['interaction_required', 'login_required', 'consent_required']) {
    world.answers.splice(0, Infinity, json(400, { error }));
    assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.consent-needed', error);
    assert.equal((await world.profiles.get(world.id)).state, 'consent-needed', error);
    world.answers.splice(0, Infinity, first);
    const state = (await world.consent.begin(world.id, session)).searchParams.get('state');
    await world.consent.complete(new URL(`${world.consent.redirectUri}?code=c&state=${state}`), session);
    t.mock.timers.tick(61 * minutes);
  }
});

test('Entra’s codes that name a person’s deed are final, and 70000 is not', async (t) => {
  const world = await startWorld(t);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { authorizationUrl, tokenUrl, answers } = await startScriptedAuthority(t, world.certificates);
  const urls = {
    authorizationUrl: authorizationUrl.replace('/authorize', '/contoso.com/oauth2/v2.0/authorize'),
    tokenUrl: tokenUrl.replace('/token', '/contoso.com/oauth2/v2.0/token'),
  };
  const input = {
    ...urls,
    name: 'Entra',
    clientId: '11111111-2222-3333-4444-555555555555',
    clientSecret: 'secret',
    scopes: 'offline_access https://outlook.office.com/IMAP.AccessAsUser.All',
  };
  const { id } = await world.profiles.create(input);
  const codes: [code: number, final: boolean][] = [
    ...[700082, 70043, 50173, 50132, 50133, 700084, 50055, 50126, 70008, 54005].map(
      (code) => [code, true] as [number, boolean],
    ),
    ...[70000, 4711].map((code) => [code, false] as [number, boolean]),
  ];
  for (const [code, final] of codes) {
    answers.splice(0, Infinity, first);
    const state = (await world.consent.begin(id, session)).searchParams.get('state');
    await world.consent.complete(new URL(`${world.consent.redirectUri}?code=c&state=${state}`), session);
    t.mock.timers.tick(61 * minutes);
    answers.splice(0, Infinity, microsoft(code));
    const problem = await problemOf(world.tokens.for(id, 'imap').accessToken());
    assert.equal(problem.code === 'oauth.consent-needed', final, `${code}: ${problem.code}`);
    assert.equal((await world.profiles.get(id)).state, final ? 'consent-needed' : 'failing', `${code}`);
  }
});

test('a server that says back what it was sent gives no secret away, however it is written', async (t) => {
  const world = await startRunOut(t);
  const forms: ((secret: string) => string)[] = [
    (secret) => secret,
    encodeURIComponent,
    (secret) => `${new URLSearchParams([['s', secret]])}`,
    (secret) => Buffer.from(secret).toString('base64'),
    (secret) => Buffer.from(secret).toString('base64url'),
    (secret) => Buffer.from(`x${secret}y`).toString('base64'),
    (secret) => Buffer.from(`xy${secret}z`).toString('base64'),
    (secret) => secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
    (secret) => secret.toUpperCase(),
  ];
  for (const form of forms)
    for (const name of ['client_secret', 'refresh_token'])
      for (const member of ['error', 'error_description']) {
        world.answers.splice(0, Infinity, (response, asked) => {
          const said = form(asked.get(name) ?? '');
          json(400, { error: 'server_error', [member]: `you sent ${said}\u0007\r\n` })(response, asked);
        });
        const problem = await problemOf(world.source.accessToken());
        const told = JSON.stringify([problem, await world.profiles.get(world.id)]);
        for (const secret of ['a/secret+with', 'first'])
          for (const written of forms)
            assert.ok(!told.includes(written(secret)), `${name} in ${member}: ${told}`);
        assert.doesNotMatch(told, /\\u0007|\\r|\\n/);
        t.mock.timers.tick(61 * minutes);
      }
});

test('codes of Problems are made of known words only', async (t) => {
  const words = [
    'made_up',
    '../../x',
    'a'.repeat(500),
    '__proto__',
    'constructor',
    'too_many_requests',
    'invalid_grant\u0000',
  ];
  const world = await startRunOut(t);
  for (const error of words) {
    world.answers.splice(0, Infinity, json(400, { error }));
    assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.refused', error);
    t.mock.timers.tick(61 * minutes);
  }
});
