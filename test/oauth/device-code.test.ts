import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createBrowser } from '../../lab/browser.ts';
import type { DeviceSignIn } from '../../src/administration/administration.ts';
import { until } from '../end-to-end/world.ts';
import { put } from '../resources/fixtures.ts';
import { mailServer } from '../store/fixtures.ts';
import { account, problemOf, startWorld } from './world.ts';

/** A profile of a public app, whose person signs in on another device. */
async function start(t: TestContext, input: Record<string, unknown> = {}) {
  const world = await startWorld(t);
  world.authority.faults.deviceIntervalSeconds = 0.02;
  const { clientId } = world.authority.register({ publicClient: true });
  const { id } = await world.profiles.create({
    name: 'Contoso',
    grant: 'device_code',
    clientAuthentication: 'none',
    clientId,
    tokenUrl: world.authority.tokenUrl,
    ...input,
  });
  const enter = ({ verificationUri, userCode }: DeviceSignIn, who = account, action?: 'cancel') =>
    createBrowser().enterCode(verificationUri, userCode, who, action);
  const outcome = async () => {
    await until('the sign-in has ended', async () => (await world.deviceCode.state(id))?.outcome != null);
    return (await world.deviceCode.state(id))?.outcome;
  };
  const polls = () => world.asked('urn:ietf:params:oauth:grant-type:device_code');
  return { ...world, id, enter, outcome, polls };
}

test('a person enters a code elsewhere, and from then on there are tokens', async (t) => {
  const world = await start(t);
  const shown = await world.deviceCode.begin(world.id);
  assert.match(shown.userCode, /^[A-Z]{9}$/);
  assert.equal(shown.verificationUri, `${world.authority.origin}/devicelogin`);
  assert.equal(Date.parse(shown.expiresAt) - Date.parse(shown.createdAt), 900_000);
  assert.deepEqual(await world.deviceCode.state(world.id), shown, 'anyone who looks sees the same');
  await until('it was polled for', () => world.polls() > 1);
  assert.match(await world.enter(shown), /You have signed in/);
  assert.deepEqual(await world.outcome(), { kind: 'connected' });
  const profile = await world.profiles.get(world.id);
  assert.deepEqual([profile.state, profile.account?.username], ['connected', account]);
  assert.equal(
    (await world.tokens.for(world.id, 'imap').accessToken()).token,
    await world.storedToken(world.id),
  );
  assert.deepEqual(
    world.told.map(({ state }) => state),
    ['connected'],
  );
});

test('an app with a secret signs people in by a code too, and refreshes their tokens', async (t) => {
  const world = await start(t);
  const client = world.authority.register({});
  await world.profiles.update(world.id, { ...client, clientAuthentication: 'secret' });
  await world.enter(await world.deviceCode.begin(world.id));
  assert.deepEqual(await world.outcome(), { kind: 'connected' });
  const source = world.tokens.for(world.id, 'imap');
  source.discard((await source.accessToken()).token);
  assert.ok((await source.accessToken()).token);
  assert.equal(world.authority.requests.at(-1)?.client, 'secret');
});

test('an authority that has a passing fault ends nothing', async (t) => {
  const world = await start(t);
  world.authority.faults.serverError = 2;
  const shown = await world.deviceCode.begin(world.id);
  await world.enter(shown);
  assert.deepEqual(await world.outcome(), { kind: 'connected' });
  assert.equal(world.authority.faults.serverError, 0);
});

test('slow_down lengthens the time between polls by five seconds (RFC 8628 3.5)', async (t) => {
  const world = await start(t);
  world.authority.faults.slowDown = 1;
  const shown = await world.deviceCode.begin(world.id);
  await until('it was told to slow down', () => world.authority.faults.slowDown === 0);
  await world.enter(shown);
  assert.deepEqual(await world.outcome(), { kind: 'connected' });
  const [told, next] = world.authority.requests.slice(-2).map(({ at }) => at);
  assert.ok((next ?? 0) - (told ?? 0) >= 5_000);
});

test('what the person declined is said as such', async (t) => {
  const world = await start(t);
  await world.enter(await world.deviceCode.begin(world.id), account, 'cancel');
  const outcome = await world.outcome();
  assert.equal(outcome?.kind === 'refused' && outcome.problem.title, 'The consent was declined');
  assert.equal((await world.profiles.get(world.id)).state, 'consent-needed');
});

test('a code that nobody enters expires, and says so', async (t) => {
  const world = await start(t);
  world.authority.faults.deviceCodeSeconds = 1;
  await world.deviceCode.begin(world.id);
  const outcome = await world.outcome();
  assert.ok(outcome?.kind === 'refused');
  assert.match(outcome.problem.title, /expired/);
  assert.match(outcome.problem.remedy ?? '', /new code/);
});

test('another account than the mailbox’s is refused with both names, and nothing is kept', async (t) => {
  const world = await start(t);
  await put(world.store, 'server', mailServer({ profileId: world.id, address: account }));
  await world.enter(await world.deviceCode.begin(world.id), 'admin@contoso.example');
  const outcome = await world.outcome();
  assert.ok(outcome?.kind === 'refused');
  assert.equal(outcome.problem.code, 'oauth.other-account');
  assert.match(outcome.problem.detail ?? '', /support@contoso\.example.*admin@contoso\.example/);
  assert.equal(await world.stored(world.id), null);
});

test('a new code ends the one before, whoever got it', async (t) => {
  const world = await start(t);
  const first = await world.deviceCode.begin(world.id);
  const second = await world.deviceCode.begin(world.id);
  assert.notEqual(first.userCode, second.userCode);
  await world.enter(first, 'someone.else@contoso.example');
  await world.enter(second);
  assert.deepEqual(await world.outcome(), { kind: 'connected' });
  assert.equal((await world.profiles.get(world.id)).account?.username, account);
});

test('a code that is given up brings nothing any more', async (t) => {
  const world = await start(t);
  const shown = await world.deviceCode.begin(world.id);
  await world.deviceCode.cancel(world.id);
  assert.equal(await world.deviceCode.state(world.id), null);
  const before = world.polls();
  await world.enter(shown);
  assert.equal(world.polls(), before);
  assert.equal((await world.profiles.get(world.id)).state, 'consent-needed');
});

test('a consent for another app than the profile names by now is not kept', async (t) => {
  const world = await start(t);
  const shown = await world.deviceCode.begin(world.id);
  const { clientId } = world.authority.register({ publicClient: true });
  await world.profiles.update(world.id, { clientId });
  await world.enter(shown);
  const outcome = await world.outcome();
  assert.equal(outcome?.kind === 'refused' && outcome.problem.code, 'consent.profile-changed');
  assert.equal(await world.stored(world.id), null);
});

test('a code without a refresh token is refused at once', async (t) => {
  const world = await start(t);
  world.authority.faults.noRefreshToken = true;
  await world.enter(await world.deviceCode.begin(world.id));
  const outcome = await world.outcome();
  assert.equal(outcome?.kind === 'refused' && outcome.problem.code, 'oauth.no-refresh-token');
});

test('where an authority takes one resource at a time, the others wait for an administrator’s consent', async (t) => {
  const world = await start(t, { uses: ['imap', 'graph'] });
  await world.enter(await world.deviceCode.begin(world.id));
  assert.deepEqual(await world.outcome(), { kind: 'connected' });
  assert.ok((await world.tokens.for(world.id, 'imap').accessToken()).token);
  const graph = world.tokens.for(world.id, 'graph');
  assert.equal((await problemOf(graph.accessToken())).code, 'oauth.AADSTS65001');
  world.authority.app((await world.profiles.get(world.id)).clientId).adminConsented = true;
  await world.tokens.change(world.id, async () => {});
  assert.ok((await graph.accessToken()).token);
});

test('only a profile of that grant gets a code, and what stands in the way is said', async (t) => {
  const world = await start(t);
  const other = await world.create({ name: 'In the browser' });
  assert.equal((await problemOf(world.deviceCode.begin(other.id))).code, 'consent.not-needed');
  assert.equal((await problemOf(world.consent.begin(world.id, 'session'))).code, 'consent.not-needed');
  assert.equal((await problemOf(world.deviceCode.begin('prf_none'))).code, 'not-found');
  const tokenUrl = world.authority.tokenUrl.replace(world.authority.tenant, 'unknown.example');
  await world.profiles.update(world.id, { tokenUrl });
  assert.equal((await problemOf(world.deviceCode.begin(world.id))).code, 'oauth.AADSTS90002');
  const custom = { provider: 'custom', tokenUrl: null, issuer: world.authority.issuer };
  await world.profiles.update(world.id, custom);
  assert.ok((await world.deviceCode.begin(world.id)).userCode, 'its endpoint is discovered');
});
