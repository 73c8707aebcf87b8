import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { problemOf, session, startWorld, type World } from './world.ts';

const person = 'ann@outlook.example';
const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** The lab's URLs under another tenant's name, for an app that takes all accounts. */
async function start(t: TestContext, tenant: string) {
  const world = await startWorld(t);
  const named = (url: string) => url.replace(world.authority.tenant, tenant);
  const { authorizationUrl, tokenUrl } = world.authority;
  const urls = { authorizationUrl: named(authorizationUrl), tokenUrl: named(tokenUrl) };
  return { ...world, id: await create(world, urls) };
}

async function create(world: World, urls: object): Promise<string> {
  const { authority, consent } = world;
  const client = authority.register({ redirectUris: [consent.redirectUri], accounts: 'all' });
  return (await world.create({ ...client, ...urls })).id;
}

async function assertServes(world: World & { id: string }): Promise<void> {
  const source = world.tokens.for(world.id, 'imap');
  const { token } = await source.accessToken();
  assert.equal(token.split('.').length, 1, 'the token is opaque');
  source.discard(token);
  assert.notEqual((await source.accessToken()).token, token);
}

test('a personal account signs in through consumers and through common, and its opaque tokens serve', async (t) => {
  for (const tenant of ['consumers', 'common']) {
    const world = await start(t, tenant);
    const { account } = await world.connect(world.id, person);
    assert.deepEqual([account?.username, account?.tenant], [person, personalTenant]);
    await assertServes(world);
  }
});

test('the addresses of login.live.com are taken as they are given', async (t) => {
  const world = await startWorld(t);
  const { origin } = world.authority;
  const id = await create(world, {
    authorizationUrl: `${origin}/oauth20_authorize.srf`,
    tokenUrl: `${origin}/oauth20_token.srf`,
  });
  assert.equal((await world.connect(id, person)).account?.username, person);
  await assertServes({ ...world, id });
});

test('a work account signs in through organizations and common', async (t) => {
  for (const tenant of ['organizations', 'common']) {
    const world = await start(t, tenant);
    const { account } = await world.connect(world.id);
    assert.equal(account?.tenant, world.authority.tenant);
  }
});

test('an app for one tenant is told so when it is used through common', async (t) => {
  const world = await start(t, 'common');
  const callback = await world.signIn(world.id);
  world.authority.app((await world.profiles.get(world.id)).clientId).accounts = 'one-tenant';
  const problem = await problemOf(world.consent.complete(callback, session));
  assert.equal(problem.code, 'oauth.AADSTS50194');
  assert.match(problem.remedy ?? '', /tenant ID/);
});
