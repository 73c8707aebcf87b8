import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshTime } from '../../src/oauth/token-set.ts';
import { restarted, startConnected } from './connected.ts';
import { problemOf, startWorld, watchingRecords } from './world.ts';

const seconds = 1000;
const minutes = 60 * seconds;

test('a hundred callers at once make one request and get the same token', async (t) => {
  const world = await startConnected(t);
  t.mock.timers.tick(59 * minutes);
  const tokens = await Promise.all(Array.from({ length: 100 }, () => world.source.accessToken()));
  assert.equal(new Set(tokens.map(({ token }) => token)).size, 1);
  assert.equal(world.asked('refresh_token'), 1);
});

test('a caller that gives up waiting leaves the others their token', async (t) => {
  const world = await startConnected(t);
  t.mock.timers.tick(59 * minutes);
  const abort = new AbortController();
  const impatient = world.source.accessToken(abort.signal);
  const patient = world.source.accessToken(new AbortController().signal);
  abort.abort();
  await assert.rejects(impatient, { name: 'AbortError' });
  assert.ok((await patient).token);
  assert.equal(world.asked('refresh_token'), 1);
});

test('a token is refreshed well before it expires, and not long before', async (t) => {
  const world = await startConnected(t);
  const first = await world.source.accessToken();
  t.mock.timers.tick(52 * minutes);
  assert.equal((await world.source.accessToken()).token, first.token);
  t.mock.timers.tick(3 * minutes);
  const second = await world.source.accessToken();
  assert.notEqual(second.token, first.token);
  assert.ok(Date.parse(first.expiresAt) - Date.now() >= 4 * minutes, 'the first one would still be good');
});

test('profiles connected at the same moment are not refreshed at the same moment', () => {
  const now = Date.now();
  const expiry = now + 60 * minutes;
  const at = (instant: number) => new Date(instant).toISOString();
  const token = { token: 'token', obtainedAt: at(now), expiresAt: at(expiry) };
  const ahead = Array.from({ length: 50 }, () => expiry - refreshTime(token));
  assert.ok(new Set(ahead).size > 1);
  assert.ok(ahead.every((time) => time >= 5 * minutes && time <= 7.5 * minutes));
});

test('the scope is sent with every refresh', async (t) => {
  const world = await startConnected(t);
  t.mock.timers.tick(59 * minutes);
  await world.source.accessToken();
  const [refresh] = world.authority.requests.filter(({ grant }) => grant === 'refresh_token');
  assert.match(refresh?.scope ?? '', /IMAP\.AccessAsUser\.All offline_access/);
});

test('a rotated refresh token is stored before the token that came with it is handed out', async (t) => {
  const order: string[] = [];
  const world = await startConnected(t, watchingRecords({ after: () => order.push('stored') }));
  const before = await world.stored(world.id);
  order.length = 0;
  t.mock.timers.tick(59 * minutes);
  const { token } = await world.source.accessToken().finally(() => order.push('handed out'));
  assert.deepEqual(order, ['stored', 'handed out']);
  const after = await world.stored(world.id);
  assert.equal(Object.values(after?.access ?? {})[0]?.token, token);
  assert.notEqual(after?.refreshToken, before?.refreshToken);
});

test('each rotated refresh token is used next, also after a restart and where it works once only', async (t) => {
  const world = await startConnected(t);
  world.authority.faults.strictRotation = true;
  for (let n = 0; n < 3; n++) {
    t.mock.timers.tick(59 * minutes);
    await world.source.accessToken();
  }
  t.mock.timers.tick(59 * minutes);
  assert.ok((await restarted(world).for(world.id, 'imap').accessToken()).token);
  assert.equal(world.asked('refresh_token'), 4);
});

test('a restart finds the token that is still good, and asks nobody', async (t) => {
  const world = await startConnected(t);
  const { token } = await world.source.accessToken();
  assert.equal((await restarted(world).for(world.id, 'imap').accessToken()).token, token);
  assert.equal(world.asked('refresh_token'), 0);
});

test('tokens as an earlier version stored them are renewed by their refresh token', async (t) => {
  const world = await startConnected(t);
  const { refreshToken } = (await world.stored(world.id)) ?? {};
  const access = { token: 'old', expiresAt: new Date(Date.now() + 60 * minutes).toISOString() };
  const sealed = world.vault.seal(world.id, 'tokens', JSON.stringify({ refreshToken, access }));
  await world.tokens.change(world.id, () => world.store.secrets.write(world.id, 'tokens', sealed));
  assert.notEqual((await world.source.accessToken()).token, 'old');
  assert.equal(world.asked('refresh_token'), 1);
});

test('an answer lost after the rotation is asked for again with the old refresh token', async (t) => {
  const world = await startConnected(t);
  t.mock.timers.tick(60 * minutes);
  world.authority.faults.loseAnswerAfterRotation = 1;
  const problem = await problemOf(world.source.accessToken());
  assert.equal(problem.code, 'oauth.unreachable');
  assert.ok(problem.retry instanceof Date);
  assert.equal((await world.profiles.get(world.id)).state, 'connected');
  t.mock.timers.setTime(problem.retry.getTime());
  assert.ok((await world.source.accessToken()).token);
  assert.equal(world.asked('refresh_token'), 2);
});

test('tokens that could not be stored are not handed out, and not asked for twice', async (t) => {
  let full = false;
  const world = await startConnected(
    t,
    watchingRecords({
      before() {
        if (full) throw new Error('database or disk is full');
      },
    }),
  );
  world.authority.faults.strictRotation = true;
  t.mock.timers.tick(60 * minutes);
  full = true;
  const problem = await problemOf(world.source.accessToken());
  assert.ok(problem.retry instanceof Date);
  full = false;
  t.mock.timers.setTime(problem.retry.getTime());
  const { token } = await world.source.accessToken();
  assert.equal(await world.storedToken(world.id), token);
  assert.equal(world.asked('refresh_token'), 1);
});

test('a revoked consent turns the profile to consent needed, says so once, and nobody asks again', async (t) => {
  const world = await startConnected(t);
  world.authority.revokeConsents();
  t.mock.timers.tick(60 * minutes);
  for (let n = 0; n < 3; n++) {
    const problem = await problemOf(world.source.accessToken());
    assert.equal(problem.code, 'oauth.consent-needed');
    assert.match(problem.detail ?? '', /AADSTS50173/);
    assert.match(problem.remedy ?? '', /press Reconnect/);
    assert.equal(problem.retry, 'no');
    t.mock.timers.tick(30 * minutes);
  }
  assert.equal(
    (await problemOf(restarted(world).for(world.id, 'imap').accessToken())).code,
    'oauth.consent-needed',
  );
  assert.equal(world.asked('refresh_token'), 1);
  const profile = await world.profiles.get(world.id);
  assert.equal(profile.state, 'consent-needed');
  assert.equal(profile.problem?.code, 'oauth.AADSTS50173');
  assert.deepEqual(
    world.told.map(({ state, problem }) => [state, problem?.code]),
    [['consent-needed', 'oauth.AADSTS50173']],
  );
});

test('reconnecting mends a revoked consent at once, for those who hold the source already', async (t) => {
  const world = await startConnected(t);
  world.authority.revokeConsents();
  t.mock.timers.tick(60 * minutes);
  await problemOf(world.source.accessToken());
  assert.equal((await world.connect(world.id)).problem, null);
  assert.equal((await world.source.accessToken()).token, await world.storedToken(world.id));
});

test('while a token works still, a refused refresh harms nobody', async (t) => {
  const world = await startConnected(t);
  const { token } = await world.source.accessToken();
  world.authority.revokeConsents();
  t.mock.timers.tick(55 * minutes);
  assert.equal((await world.source.accessToken()).token, token);
  assert.equal((await world.profiles.get(world.id)).state, 'consent-needed');
  assert.equal((await world.source.accessToken()).token, token);
  t.mock.timers.tick(5 * minutes);
  assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.consent-needed');
  assert.equal(world.asked('refresh_token'), 1);
});

test('an expired client secret makes the profile fail, and a new one mends it at once', async (t) => {
  const world = await startConnected(t);
  const { clientSecret } = world.authority.register({});
  world.authority.faults.secretExpired = true;
  t.mock.timers.tick(60 * minutes);
  const problem = await problemOf(world.source.accessToken());
  assert.equal(problem.code, 'oauth.AADSTS7000222');
  assert.match(problem.remedy ?? '', /Replace secret/);
  const failing = await world.profiles.get(world.id);
  assert.deepEqual([failing.state, failing.problem?.code], ['failing', 'oauth.AADSTS7000222']);

  world.authority.faults.secretExpired = false;
  world.authority.app(failing.clientId).secrets = [];
  const refused = await world.profiles.update(world.id, { clientSecret });
  assert.equal(refused.state, 'connected');
  assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.AADSTS7000215');
  assert.equal((await world.profiles.get(world.id)).state, 'failing');
  world.authority.app(failing.clientId).secrets = [clientSecret];
  await world.profiles.update(world.id, { clientSecret });
  assert.ok((await world.source.accessToken()).token);
});

test('a profile that fails is tried again after minutes, not before', async (t) => {
  const world = await startConnected(t);
  world.authority.faults.secretExpired = true;
  t.mock.timers.tick(60 * minutes);
  const problem = await problemOf(world.source.accessToken());
  assert.ok(problem.retry instanceof Date);
  assert.ok(problem.retry.getTime() >= Date.now() + 4 * minutes);
  world.authority.faults.secretExpired = false;
  t.mock.timers.tick(4 * minutes);
  assert.deepEqual((await problemOf(world.source.accessToken())).toJSON(), problem.toJSON());
  assert.equal(world.asked('refresh_token'), 1);
  t.mock.timers.setTime(problem.retry.getTime());
  assert.ok((await world.source.accessToken()).token);
  assert.deepEqual(
    world.told.map(({ state }) => state),
    ['failing', 'connected'],
  );
});

test('while the authority has a passing fault, waits grow up to minutes and callers make no request', async (t) => {
  const world = await startConnected(t);
  const faults = world.authority.faults;
  t.mock.timers.tick(60 * minutes);
  faults.serverError = 1000;
  const waits: number[] = [];
  for (let n = 1; n <= 12; n++) {
    const problem = await problemOf(world.source.accessToken());
    assert.equal(problem.code, 'oauth.AADSTS90033');
    assert.ok(problem.retry instanceof Date);
    await Promise.all(
      Array.from({ length: 50 }, async () =>
        assert.deepEqual((await problemOf(world.source.accessToken())).toJSON(), problem.toJSON()),
      ),
    );
    assert.equal(faults.serverError, 1000 - n, 'one request for each wait');
    waits.push(problem.retry.getTime() - Date.now());
    t.mock.timers.setTime(problem.retry.getTime());
  }
  assert.ok((waits[0] ?? 0) <= 2 * seconds);
  assert.ok((waits.at(-1) ?? 0) >= 2.5 * minutes);
  assert.ok(waits.every((wait) => wait <= 5 * minutes));
  assert.equal((await world.profiles.get(world.id)).state, 'connected');
  faults.serverError = 0;
  assert.ok((await world.source.accessToken()).token);
});

test('a token that its server refused is not handed out again', async (t) => {
  const world = await startConnected(t);
  const first = await world.source.accessToken();
  world.source.discard(first.token);
  const second = await world.source.accessToken();
  assert.notEqual(second.token, first.token);
  // A slow connection comes back with the old one: no reason to give up the new one, or to take back the refused.
  world.source.discard(first.token);
  assert.equal((await world.source.accessToken()).token, second.token);
  world.source.discard(second.token);
  world.source.discard(first.token);
  assert.notEqual((await world.source.accessToken()).token, second.token);
  assert.equal(world.asked('refresh_token'), 2);
});

test('two profiles for one mailbox have their own tokens', async (t) => {
  const world = await startConnected(t);
  const other = await world.create({ name: 'Another app' });
  await world.connect(other.id);
  const [one, two] = [
    await world.source.accessToken(),
    await world.tokens.for(other.id, 'imap').accessToken(),
  ];
  assert.notEqual(one.token, two.token);
  await world.profiles.remove(other.id);
  assert.equal((await world.source.accessToken()).token, one.token);
  assert.equal(
    (await problemOf(world.tokens.for(other.id, 'imap').accessToken())).code,
    'oauth.profile-missing',
  );
});

test('an app by itself gets its tokens without anybody’s consent, and another when one runs out', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t);
  const { id } = await world.createAppOnly();
  const connected = await world.profiles.authorize(id);
  assert.deepEqual([connected.state, connected.account], ['connected', null]);
  t.mock.timers.tick(60 * minutes);
  assert.ok((await world.tokens.for(id, 'imap').accessToken()).token);
  assert.deepEqual(
    world.authority.requests.map(({ grant, scope }) => [grant, scope]),
    Array(2).fill(['client_credentials', 'https://outlook.office365.com/.default']),
  );
});

test('an app by itself with a wrong secret fails at once when it is tried', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.createAppOnly({ clientSecret: 'wrong' });
  assert.equal((await problemOf(world.profiles.authorize(id))).code, 'oauth.AADSTS7000215');
  assert.equal((await world.profiles.get(id)).state, 'failing');
});
