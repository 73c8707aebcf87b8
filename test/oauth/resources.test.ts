import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import { restarted } from './connected.ts';
import { interceptRequests } from './intercepted.ts';
import { account, problemOf, startWorld, watchingRecords } from './world.ts';

const minutes = 60_000;
const outlook = 'https://outlook.office.com';
const exchange = 'https://outlook.office365.com';
const graph = 'https://graph.microsoft.com';
const offline = 'offline_access';

/** A connected profile for several uses, and a clock that goes on only when told. */
async function startConnected(t: TestContext, uses: string[], decorate?: (store: Store) => Store) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t, decorate);
  const { id } = await world.create({ uses });
  await world.connect(id);
  world.told.length = 0;
  world.authority.requests.length = 0;
  return { ...world, id, imap: world.tokens.for(id, 'imap'), graph: world.tokens.for(id, 'graph') };
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

test('consent is asked for every resource at once, and each token request names one', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ uses: ['imap', 'graph', 'ews'] });
  const asked = (await world.consent.begin(id, 'session')).searchParams.get('scope');
  const mail = `${graph}/Mail.ReadWrite ${graph}/Mail.ReadWrite.Shared`;
  const identity = `${offline} openid profile email`;
  assert.equal(
    asked,
    `${outlook}/IMAP.AccessAsUser.All ${mail} ${exchange}/EWS.AccessAsUser.All ${identity}`,
  );
  await world.connect(id);
  for (const use of ['imap', 'graph', 'ews'] as const) {
    const { token } = await world.tokens.for(id, use).accessToken();
    assert.equal(claimsOf(token).aud, { imap: outlook, graph, ews: exchange }[use]);
  }
  assert.deepEqual(
    world.authority.requests.map(({ grant, scope }) => [grant, scope]),
    [
      ['authorization_code', `${outlook}/IMAP.AccessAsUser.All ${identity}`],
      ['refresh_token', `${mail} ${offline}`],
      ['refresh_token', `${exchange}/EWS.AccessAsUser.All ${offline}`],
    ],
  );
});

test('a person is asked for access to mailboxes that are shared with them', async (t) => {
  const world = await startConnected(t, ['graph']);
  const { token } = await world.graph.accessToken();
  assert.match(String(claimsOf(token).scp), /Mail\.ReadWrite\.Shared/);
});

test('uses of one resource share one token, with the scopes of all of them', async (t) => {
  const world = await startConnected(t, ['imap', 'smtp', 'pop3']);
  const [one, two] = [await world.imap.accessToken(), await world.tokens.for(world.id, 'smtp').accessToken()];
  assert.equal(one.token, two.token);
  assert.equal(claimsOf(one.token).scp, 'IMAP.AccessAsUser.All POP.AccessAsUser.All SMTP.Send');
  assert.equal(world.authority.requests.length, 0);
});

test('never are two refreshes of one profile under way, also where a refresh token works once only', async (t) => {
  const world = await startConnected(t, ['imap', 'smtp', 'graph', 'ews']);
  world.authority.faults.strictRotation = true;
  world.authority.faults.slowMilliseconds = 20;
  t.mock.timers.tick(60 * minutes);
  let [underWay, most] = [0, 0];
  interceptRequests(t, (_, ask) => {
    most = Math.max(most, ++underWay);
    return ask().finally(() => underWay--);
  });
  const uses = ['imap', 'graph', 'smtp', 'ews', 'graph', 'imap'] as const;
  const tokens = await Promise.all(uses.map((use) => world.tokens.for(world.id, use).accessToken()));
  assert.equal(new Set(tokens.map(({ token }) => token)).size, 3);
  assert.equal(most, 1);
  assert.equal(world.asked('refresh_token'), 3);
});

test('a restart finds the tokens of every resource, and asks nobody', async (t) => {
  const world = await startConnected(t, ['imap', 'graph']);
  const [one, two] = [await world.imap.accessToken(), await world.graph.accessToken()];
  const again = restarted(world);
  assert.equal((await again.for(world.id, 'graph').accessToken()).token, two.token);
  assert.equal((await again.for(world.id, 'imap').accessToken()).token, one.token);
  assert.equal(world.asked('refresh_token'), 1);
});

test('a refusal that concerns one resource breaks no other’s tokens, and shows until it is mended', async (t) => {
  const world = await startConnected(t, ['imap', 'graph']);
  world.authority.faults.refusedResources[graph] = 53003;
  const problem = await problemOf(world.graph.accessToken());
  assert.equal(problem.code, 'oauth.AADSTS53003');
  assert.ok(problem.retry instanceof Date);
  assert.deepEqual((await problemOf(world.graph.accessToken())).toJSON(), problem.toJSON());
  t.mock.timers.tick(58 * minutes);
  assert.ok((await world.imap.accessToken()).token);
  t.mock.timers.tick(58 * minutes);
  await problemOf(world.graph.accessToken());
  assert.ok((await world.imap.accessToken()).token);
  const { state, problem: shown } = await world.profiles.get(world.id);
  assert.deepEqual([state, shown?.code], ['failing', 'oauth.AADSTS53003']);

  world.authority.faults.refusedResources = {};
  t.mock.timers.tick(10 * minutes);
  assert.ok((await world.graph.accessToken()).token);
  assert.deepEqual(
    world.told.map((told) => told.state),
    ['failing', 'connected'],
    'told once each',
  );
});

test('consent that is missing for one resource keeps the mailbox on the other', async (t) => {
  const world = await startConnected(t, ['imap', 'graph']);
  world.authority.faults.refusedResources[graph] = 65001;
  const problem = await problemOf(world.graph.accessToken());
  assert.equal(problem.title, 'Consent is missing');
  assert.match(problem.remedy ?? '', /Press Reconnect/);
  t.mock.timers.tick(60 * minutes);
  assert.ok((await world.imap.accessToken()).token);
});

test('a consent that is revoked ends the tokens of every resource', async (t) => {
  const world = await startConnected(t, ['imap', 'graph']);
  await world.graph.accessToken();
  world.authority.revokeConsents();
  t.mock.timers.tick(60 * minutes);
  for (const source of [world.graph, world.imap])
    assert.equal((await problemOf(source.accessToken())).code, 'oauth.consent-needed');
  assert.equal(world.asked('refresh_token'), 2, 'the second is not asked for in vain');
});

test('while the authority has a passing fault, no resource’s token is asked for', async (t) => {
  const world = await startConnected(t, ['imap', 'graph']);
  t.mock.timers.tick(60 * minutes);
  world.authority.faults.serverError = 10;
  await problemOf(world.imap.accessToken());
  await problemOf(world.graph.accessToken());
  assert.equal(world.authority.faults.serverError, 9);
});

test('a token that its server refused is replaced, and the other resources’ tokens stay', async (t) => {
  const world = await startConnected(t, ['imap', 'graph']);
  const [one, two] = [await world.imap.accessToken(), await world.graph.accessToken()];
  world.graph.discard(two.token);
  assert.notEqual((await world.graph.accessToken()).token, two.token);
  assert.equal((await world.imap.accessToken()).token, one.token);
});

test('a rotated refresh token that could not be stored is stored before another resource is asked for', async (t) => {
  let full = false;
  const world = await startConnected(
    t,
    ['imap', 'graph'],
    watchingRecords({
      before() {
        if (full) throw new Error('database or disk is full');
      },
    }),
  );
  world.authority.faults.strictRotation = true;
  t.mock.timers.tick(60 * minutes);
  full = true;
  const problem = await problemOf(world.imap.accessToken());
  assert.ok(problem.retry instanceof Date);
  full = false;
  t.mock.timers.setTime(problem.retry.getTime());
  assert.ok((await world.graph.accessToken()).token);
  assert.ok((await world.imap.accessToken()).token);
  assert.equal(world.asked('refresh_token'), 2);
});

test('an app by itself gets a token for each resource, with its permissions there', async (t) => {
  const world = await startWorld(t);
  const roles = ['IMAP.AccessAsApp', 'full_access_as_app', 'Mail.Read'];
  const client = world.authority.register({ appOnly: true, upn: account, roles });
  const { id } = await world.createAppOnly({ ...client, uses: ['imap', 'ews', 'graph'] });
  assert.equal((await world.profiles.authorize(id)).state, 'connected');
  const of = async (use: 'imap' | 'ews' | 'graph') =>
    claimsOf((await world.tokens.for(id, use).accessToken()).token);
  assert.deepEqual([(await of('imap')).aud, (await of('imap')).roles], [exchange, roles.slice(0, 2)]);
  assert.deepEqual([(await of('graph')).aud, (await of('graph')).roles], [graph, ['Mail.Read']]);
  assert.deepEqual(await of('ews'), await of('imap'));
  assert.equal(world.asked('client_credentials'), 2);
});

test('a use that is added asks for a new consent; one that is taken away does not', async (t) => {
  const world = await startConnected(t, ['imap', 'graph']);
  assert.equal((await world.profiles.update(world.id, { uses: ['imap'] })).state, 'connected');
  assert.ok((await world.imap.accessToken()).token);
  assert.equal((await world.profiles.update(world.id, { uses: ['imap', 'smtp'] })).state, 'consent-needed');
});
