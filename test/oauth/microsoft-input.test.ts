import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf, startWorld, type World } from './world.ts';

const tenant = '3f0c0c9e-1111-4222-8333-944455556666';
const clientId = '0a1b2c3d-1111-4222-8333-944455556666';
const login = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0`;
const minimal = { name: 'Contoso', tenant, clientId, clientSecret: 'abc~def' };

/** What the one wrong field was expected to be. */
async function expectation(
  world: World,
  input: object,
): Promise<{ field: string; expected: string; given?: string }> {
  const problem = await problemOf(world.profiles.create({ ...minimal, ...input }));
  assert.equal(problem.fields?.length, 1, problem.detail);
  return problem.fields[0] ?? { field: '', expected: '' };
}

test('a Microsoft profile names its tenant or both URLs, not neither and not both', async (t) => {
  const world = await startWorld(t);
  const urls = { authorizationUrl: `${login}/authorize`, tokenUrl: `${login}/token` };
  assert.match((await expectation(world, { tenant: null })).expected, /tenant ID/);
  assert.match((await expectation(world, urls)).expected, /either the tenant or the two URLs/);
  const { authorizationUrl, tokenUrl } = urls;
  assert.match((await expectation(world, { tenant: '', authorizationUrl })).expected, /token URL beside/);
  assert.match((await expectation(world, { tenant: '', tokenUrl })).expected, /authorization URL beside/);
  assert.match((await expectation(world, { issuer: `${login}/v2.0` })).expected, /follows from the tenant/);
  assert.equal((await world.profiles.create({ ...minimal, ...urls, tenant: null })).tokenUrl, tokenUrl);
  const byItself = { ...minimal, name: 'App', tenant: null, tokenUrl, grant: 'client_credentials' };
  assert.equal((await world.profiles.create(byItself)).authorizationUrl, null);
});

test('a URL of Azure’s version 1 endpoints is recognised and explained', async (t) => {
  const world = await startWorld(t);
  const old = `https://login.microsoftonline.com/${tenant}/oauth2`;
  const problem = await problemOf(
    world.profiles.create({
      ...minimal,
      tenant: null,
      authorizationUrl: `${old}/authorize`,
      tokenUrl: `${old}/token`,
    }),
  );
  assert.deepEqual(
    problem.fields?.map(({ field }) => field),
    ['authorizationUrl', 'tokenUrl'],
  );
  assert.match(problem.fields?.[0]?.expected ?? '', /oauth2\/v2\.0\/authorize; this is the one of version 1/);
});

test('URLs that are no endpoints, swapped, or of two tenants are refused', async (t) => {
  const world = await startWorld(t);
  const authorizationUrl = `${login}/authorize`;
  const tokenUrl = `${login}/token`;
  const withUrls = (urls: object) =>
    expectation(world, { tenant: null, authorizationUrl, tokenUrl, ...urls });
  assert.match(
    (await withUrls({ tokenUrl: 'https://portal.azure.com/#home' })).expected,
    /without # and without/,
  );
  assert.match((await withUrls({ tokenUrl: 'https://portal.azure.com/' })).expected, /oauth2\/v2\.0\/token/);
  assert.match((await withUrls({ tokenUrl: authorizationUrl })).expected, /oauth2\/v2\.0\/token/);
  assert.match(
    (await withUrls({ tokenUrl: tokenUrl.replace(tenant, clientId) })).expected,
    /the same host and tenant/,
  );
});

test('what a document writes in place of one’s own value is called by its name', async (t) => {
  const world = await startWorld(t);
  const own = (placeholder: string) => `${login.replace(tenant, placeholder)}/token`;
  for (const [placeholder, named] of [
    ['{tenant}', '{tenant}'],
    ['%7Btenant%7D', '{tenant}'],
    ['<tenant-id>', '<tenant-id>'],
    ['your-tenant-id', 'your-tenant-id'],
  ] as const) {
    const urls = { tenant: null, grant: 'client_credentials', tokenUrl: own(placeholder) };
    const { field, expected } = await expectation(world, urls);
    assert.equal(
      `${field}: ${expected}`,
      `tokenUrl: the Directory (tenant) ID of your own in place of ${named}`,
    );
  }
  for (const id of ['<client ID>', 'YOUR_CLIENT_ID', 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'])
    assert.equal(
      (await expectation(world, { clientId: id })).expected,
      `the client ID of your own app in place of ${id}`,
    );
  for (const id of ['{tenant}', 'tenantId', '00000000-0000-0000-0000-000000000000'])
    assert.match(
      (await expectation(world, { tenant: id })).expected,
      /\(tenant\) ID of your own in place of/,
    );
  const custom = {
    provider: 'custom',
    tenant: null,
    clientId: 'my-app',
    issuer: 'https://id.example/{realm}',
  };
  assert.equal((await expectation(world, custom)).expected, 'a value of your own in place of {realm}');
  await world.profiles.create({ ...minimal, ...custom, issuer: 'https://id.example/tenant/app' });
});

test('the tenant is a GUID, a domain or a word for many; an app by itself needs one', async (t) => {
  const world = await startWorld(t);
  for (const named of [
    tenant,
    'contoso.com',
    'contoso.onmicrosoft.com',
    'common',
    'organizations',
    'consumers',
  ])
    assert.equal((await world.profiles.create({ ...minimal, name: named, tenant: named })).tenant, named);
  assert.match(
    (await expectation(world, { name: 'A', tenant: 'my company' })).expected,
    /GUID.*verified domain/,
  );
  const byItself = { name: 'B', grant: 'client_credentials' };
  assert.match((await expectation(world, { ...byItself, tenant: 'common' })).expected, /one tenant/);
  const many = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token';
  assert.match(
    (await expectation(world, { ...byItself, tenant: null, tokenUrl: many })).expected,
    /one tenant/,
  );
});

test('the client ID of a Microsoft app is a GUID', async (t) => {
  const world = await startWorld(t);
  assert.deepEqual(await expectation(world, { clientId: 'contoso-app' }), {
    field: 'clientId',
    expected: 'the Application (client) ID, a GUID',
    given: 'contoso-app',
  });
});

test('scopes of two resources are refused, as a token is for one only', async (t) => {
  const world = await startWorld(t);
  const imap = 'https://outlook.office.com/IMAP.AccessAsUser.All';
  for (const other of ['https://graph.microsoft.com/Mail.Read', 'Mail.Read']) {
    const { expected, given } = await expectation(world, { scopes: `${imap} ${other} offline_access` });
    assert.match(expected, /scopes for imap only; a token is for one resource/);
    assert.equal(given, 'https://graph.microsoft.com');
  }
  const both = [imap, 'https://outlook.office365.com/SMTP.Send', 'offline_access', 'openid'];
  const profile = await world.profiles.create({ ...minimal, scopes: both.join('\n') });
  assert.deepEqual(profile.scopes, both, 'Exchange Online answers to two names');
});

test('scopes without offline_access are refused where a person consents', async (t) => {
  const world = await startWorld(t);
  const scopes = ['https://outlook.office.com/IMAP.AccessAsUser.All', 'openid'];
  assert.match((await expectation(world, { scopes })).expected, /offline_access/);
});

test('an app by itself asks for .default alone', async (t) => {
  const world = await startWorld(t);
  const scopes = ['https://outlook.office.com/IMAP.AccessAsUser.All'];
  assert.match((await expectation(world, { grant: 'client_credentials', scopes })).expected, /\.default/);
});

test('the addresses of login.live.com are taken as they are, each in its place, for a person in a browser', async (t) => {
  const world = await startWorld(t);
  const live = {
    tenant: null,
    authorizationUrl: 'https://login.live.com/oauth20_authorize.srf',
    tokenUrl: 'https://login.live.com/oauth20_token.srf',
  };
  assert.equal((await world.profiles.create({ ...minimal, ...live })).tokenUrl, live.tokenUrl);
  const wrong = async (input: object) =>
    (await expectation(world, { name: 'Other', ...live, ...input })).expected;
  assert.match(await wrong({ tokenUrl: live.authorizationUrl }), /oauth20_token\.srf/);
  assert.match(await wrong({ authorizationUrl: `${login}/authorize` }), /oauth20_authorize\.srf/);
  assert.match(await wrong({ grant: 'device_code' }), /enter consumers as the tenant/);
  assert.match(await wrong({ grant: 'client_credentials' }), /authorization_code/);
});

test('URLs of another cloud name that cloud, as scopes and hosts follow from it', async (t) => {
  const world = await startWorld(t);
  const government = login.replace('microsoftonline.com', 'microsoftonline.us');
  const urls = {
    tenant: null,
    authorizationUrl: `${government}/authorize`,
    tokenUrl: `${government}/token`,
  };
  const { field, expected, given } = await expectation(world, urls);
  assert.deepEqual([field, given], ['cloud', 'worldwide']);
  assert.match(expected, /us-government-high or us-government-dod, as login\.microsoftonline\.us is theirs/);
  const cloud = 'us-government-dod';
  assert.equal((await world.profiles.create({ ...minimal, ...urls, cloud })).cloud, cloud);
});

test('the device authorization URL is Entra’s own, and of the same tenant', async (t) => {
  const world = await startWorld(t);
  const urls = { tenant: null, tokenUrl: `${login}/token`, grant: 'device_code' };
  const wrong = async (deviceAuthorizationUrl: string) =>
    expectation(world, { ...urls, deviceAuthorizationUrl });
  assert.match((await wrong(`${login}/token`)).expected, /oauth2\/v2\.0\/devicecode/);
  const foreign = `${login.replace(tenant, clientId)}/devicecode`;
  assert.match((await wrong(foreign)).expected, /the same host and tenant as the token URL/);
  const right = { ...minimal, ...urls, deviceAuthorizationUrl: `${login}/devicecode` };
  assert.equal((await world.profiles.create(right)).authorizationUrl, null);
});

test('scopes of one’s own name every resource that the uses need', async (t) => {
  const world = await startWorld(t);
  const imap = 'https://outlook.office.com/IMAP.AccessAsUser.All';
  const uses = ['imap', 'graph'];
  const scopes = [imap, 'offline_access'];
  assert.match((await expectation(world, { uses, scopes })).expected, /scopes for graph as well/);
  const both = [imap, 'Mail.ReadWrite', 'offline_access'];
  assert.deepEqual((await world.profiles.create({ ...minimal, uses, scopes: both })).scopes, both);
});
