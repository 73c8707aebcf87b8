import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientSecretName } from '../../src/oauth/sealed.ts';
import { put, sealedIn } from '../resources/fixtures.ts';
import { mailServer } from '../store/fixtures.ts';
import { account, problemOf, startWorld, type World } from './world.ts';

const tenant = '3f0c0c9e-1111-4222-8333-944455556666';
const clientId = '0a1b2c3d-1111-4222-8333-944455556666';
const minimal = { name: 'Contoso', tenant, clientId, clientSecret: 'abc~def' };

/** The fields that an input is refused for. */
async function refusedFields(world: World, input: unknown): Promise<string[]> {
  const problem = await problemOf(world.profiles.create(input));
  assert.equal(problem.code, 'input.invalid');
  return (problem.fields ?? []).map(({ field }) => field);
}

/** What the one wrong field was expected to be. */
async function expectation(world: World, input: object): Promise<{ expected: string; given?: string }> {
  const problem = await problemOf(world.profiles.create({ ...minimal, ...input }));
  assert.equal(problem.fields?.length, 1, problem.detail);
  const [{ expected, given } = { expected: '', given: undefined }] = problem.fields;
  return given === undefined ? { expected } : { expected, given };
}

test('name, tenant, client ID and secret are enough for a Microsoft profile', async (t) => {
  const world = await startWorld(t);
  const profile = await world.profiles.create(minimal);
  const { id, createdAt, updatedAt, version, ...rest } = profile;
  assert.equal(version, 1);
  assert.match(id, /^prf_/);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, {
    name: 'Contoso',
    authentication: 'oauth2',
    grant: 'authorization_code',
    provider: 'microsoft',
    cloud: 'worldwide',
    uses: ['imap'],
    tenant,
    issuer: null,
    authorizationUrl: null,
    tokenUrl: null,
    deviceAuthorizationUrl: null,
    clientId,
    clientAuthentication: 'secret',
    clientSecretExpiresOn: null,
    clientCertificate: null,
    federatedTokenFile: null,
    signInName: null,
    scopes: [],
    state: 'consent-needed',
    account: null,
    hosts: [],
    problem: null,
    connectedAt: null,
    adminConsent: null,
  });
  assert.deepEqual(await world.profiles.list(), [profile]);
  assert.deepEqual(await world.profiles.get(id), profile);
});

test('the client secret never comes back out', async (t) => {
  const world = await startWorld(t);
  const profile = await world.profiles.create(minimal);
  const shown = [
    profile,
    await world.profiles.get(profile.id),
    await world.profiles.list(),
    await world.profiles.update(profile.id, { clientSecret: 'another~secret' }),
    await problemOf(world.profiles.create({ ...minimal, tenant: null })),
    await problemOf(world.profiles.create({ ...minimal, clientSecret: 'abc~def\n' })),
    await problemOf(world.profiles.create({ ...minimal, clientSecret: ['abc~def'] })),
    await problemOf(world.profiles.create({ ...minimal, clientsecret: 'abc~def' })),
  ];
  assert.doesNotMatch(JSON.stringify(shown), /abc~def|another~secret/);
});

test('a secret that looks like a Secret ID is refused with the reason', async (t) => {
  const world = await startWorld(t);
  for (const clientSecret of [tenant, ` ${tenant.toUpperCase()} `]) {
    const { expected, given } = await expectation(world, { clientSecret });
    assert.match(expected, /Value; this is its Secret ID/);
    assert.equal(given, undefined);
  }
});

test('any printable secret reaches the authority byte for byte', async (t) => {
  const world = await startWorld(t);
  const secrets = [
    'a~b+c&d%e f"g\'h=i',
    ' spaces at both ends ',
    '%41~%2B+',
    '~!@#$%^&*()_+{}|:<>?`-=[]\\;,./',
  ];
  for (const [n, clientSecret] of secrets.entries()) {
    const client = world.authority.register({ appOnly: true, upn: account, clientSecret });
    const { id } = await world.createAppOnly({ ...client, name: `App ${n}` });
    assert.equal((await world.profiles.authorize(id)).state, 'connected', clientSecret);
    const sealed = await world.store.secrets.read(id, clientSecretName);
    assert.equal(world.vault.open(id, clientSecretName, sealed ?? new Uint8Array()), clientSecret);
  }
});

test('every wrong field is named, with what was expected and what was given, and nothing is kept', async (t) => {
  const world = await startWorld(t);
  const problem = await problemOf(
    world.profiles.create({
      name: '',
      grant: 'password',
      provider: 'hotmail',
      tenant: 4,
      tokenUrl: 'http://login.example/token',
      clientSecretExpiresOn: 'soon',
      scopes: ['two words'],
      colour: 'red',
    }),
  );
  assert.deepEqual(
    Object.fromEntries(
      (problem.fields ?? []).map(({ field, expected, given }) => [field, [expected, given]]),
    ),
    {
      name: ['a value', 'nothing'],
      grant: ['one of authorization_code, client_credentials, device_code', 'password'],
      provider: ['one of microsoft, google, custom', 'hotmail'],
      tenant: ['a text', '4'],
      tokenUrl: ['a URL beginning with https://', 'http://login.example/token'],
      clientId: ['a value', undefined],
      clientSecret: ['a value', undefined],
      clientSecretExpiresOn: ['a date such as 2027-06-30', 'soon'],
      'scopes.0': ['scopes separated by spaces (RFC 6749 3.3)', 'two words'],
      colour: ['nothing, as there is no such field', undefined],
    },
  );
  assert.deepEqual(await world.profiles.list(), []);
});

test('an empty form of a Microsoft profile names every field that is missing, at once', async (t) => {
  const world = await startWorld(t);
  const form = {
    provider: 'microsoft',
    grant: 'authorization_code',
    uses: ['imap'],
    tenant: '',
    clientId: '',
  };
  const missing = ['clientId', 'clientSecret', 'name', 'tenant'];
  assert.deepEqual((await refusedFields(world, { ...form, name: '' })).toSorted(), missing);
  assert.deepEqual((await refusedFields(world, {})).toSorted(), missing);
  const custom = { provider: 'custom', name: '', clientId: '' };
  assert.deepEqual((await refusedFields(world, custom)).toSorted(), [
    'clientId',
    'clientSecret',
    'issuer',
    'name',
  ]);
});

test('what fields say by themselves and what they say together is told at once', async (t) => {
  const world = await startWorld(t);
  const named = async (input: object) => (await refusedFields(world, { ...minimal, ...input })).toSorted();
  assert.deepEqual(await named({ name: '', tenant: 'not a tenant', scopes: ['two words'] }), [
    'name',
    'scopes.0',
    'tenant',
  ]);
  const pem = { clientAuthentication: 'certificate', clientSecret: undefined, clientKeyPair: 'no PEM' };
  assert.deepEqual(await named({ ...pem, clientId: 'no GUID' }), ['clientId', 'clientKeyPair']);
  // Which grant was meant nobody knows, so nothing is said of what it needs
  assert.deepEqual(await named({ grant: 'password', tenant: 'not a tenant' }), ['grant']);
});

test('a change names all that is wrong with it as well', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.profiles.create(minimal);
  const problem = await problemOf(world.profiles.update(id, { name: '', scopes: ['offline_access'] }));
  assert.deepEqual(problem.fields?.map(({ field }) => field).toSorted(), ['name', 'scopes']);
});

test('what is no object is refused as such', async (t) => {
  const world = await startWorld(t);
  for (const input of [null, undefined, 'text', 4, []])
    assert.deepEqual(await refusedFields(world, input), ['input']);
});

test('scopes without openid are refused where the sign-in name is to be compared', async (t) => {
  const world = await startWorld(t);
  const scopes = ['https://outlook.office.com/IMAP.AccessAsUser.All', 'offline_access'];
  assert.match((await expectation(world, { scopes, signInName: account })).expected, /openid/);
});

test('a custom profile names its issuer or its URLs', async (t) => {
  const world = await startWorld(t);
  const custom = { provider: 'custom', tenant: null, clientId: 'any id' };
  const authorizationUrl = 'https://id.example/authorize';
  const tokenUrl = 'https://id.example/token';
  const issuer = 'https://id.example';
  assert.match((await expectation(world, custom)).expected, /issuer’s URL/);
  assert.match(
    (await expectation(world, { ...custom, issuer, tokenUrl, authorizationUrl })).expected,
    /either/,
  );
  assert.match((await expectation(world, { ...custom, tokenUrl })).expected, /authorization URL beside/);
  assert.match((await expectation(world, { ...custom, issuer, tenant })).expected, /only Microsoft/);
  assert.equal((await world.profiles.create({ ...minimal, ...custom, issuer })).issuer, issuer);
  const byItself = { ...minimal, ...custom, name: 'App', tokenUrl, grant: 'client_credentials' };
  assert.equal((await world.profiles.create(byItself)).tokenUrl, tokenUrl);
});

test('names of profiles are unique', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.profiles.create(minimal);
  const other = await world.profiles.create({ ...minimal, name: 'Fabrikam' });
  assert.match((await expectation(world, {})).expected, /no other profile has/);
  assert.equal((await problemOf(world.profiles.update(other.id, { name: 'Contoso' }))).code, 'input.invalid');
  assert.equal((await world.profiles.update(id, { name: 'Contoso' })).name, 'Contoso');
});

test('an update that is refused changes nothing', async (t) => {
  const world = await startWorld(t);
  const profile = await world.profiles.create(minimal);
  const wrong = { tenant: 'contoso.com', clientId: 'no GUID', clientSecret: 'new' };
  assert.equal((await problemOf(world.profiles.update(profile.id, wrong))).code, 'input.invalid');
  assert.deepEqual(await world.profiles.get(profile.id), profile);
  const sealed = await world.store.secrets.read(profile.id, clientSecretName);
  assert.equal(world.vault.open(profile.id, clientSecretName, sealed ?? new Uint8Array()), 'abc~def');
});

test('an update without a secret, or with an empty one, keeps the present one', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.createAppOnly();
  await world.profiles.update(id, { name: 'Renamed' });
  await world.profiles.update(id, { clientSecret: '', clientSecretExpiresOn: '2027-06-30' });
  assert.equal((await world.profiles.authorize(id)).clientSecretExpiresOn, '2027-06-30');
});

test('a change of app, authority or scopes asks for a new consent; any other keeps the present one', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  await world.connect(id);
  const kept = [
    { name: 'Renamed' },
    { clientSecretExpiresOn: '2027-06-30' },
    { clientSecret: 'a new secret' },
    { signInName: account.toUpperCase() },
    { signInName: null },
  ];
  for (const change of kept)
    assert.equal((await world.profiles.update(id, change)).state, 'connected', JSON.stringify(change));
  assert.ok(await world.stored(id));
  const scopes = ['https://outlook.office.com/IMAP.AccessAsUser.All', 'offline_access', 'openid'];
  const unbound = await world.profiles.update(id, { scopes });
  assert.deepEqual([unbound.state, unbound.account, unbound.connectedAt], ['consent-needed', null, null]);
  assert.equal(await world.stored(id), null);
  assert.equal((await problemOf(world.tokens.for(id, 'imap').accessToken())).code, 'oauth.consent-needed');
});

test('another sign-in name than the one that consented asks for a new consent', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  await world.connect(id);
  const { state } = await world.profiles.update(id, { signInName: 'someone.else@contoso.example' });
  assert.equal(state, 'consent-needed');
});

test('an app by itself is tried again at once after its tenant or secret was corrected', async (t) => {
  const world = await startWorld(t);
  const right = world.authority.register({ appOnly: true, upn: account });
  const { id } = await world.createAppOnly({ ...right, clientSecret: 'wrong' });
  await problemOf(world.tokens.for(id, 'imap').accessToken());
  assert.equal((await world.profiles.update(id, right)).state, 'connected');
  assert.ok((await world.tokens.for(id, 'imap').accessToken()).token);
  assert.deepEqual(
    world.told.map(({ state }) => state),
    ['failing', 'connected'],
  );
});

test('a profile in use is not removed, and says by whom; afterwards nothing of it is left', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  await world.connect(id);
  await put(world.store, 'server', mailServer({ profileId: id, name: 'Support mailbox' }));
  const problem = await problemOf(world.profiles.remove(id));
  assert.equal(problem.code, 'profile.in-use');
  assert.match(problem.detail ?? '', /Support mailbox/);
  await world.resources.servers.remove(mailServer().id);
  await world.profiles.remove(id);
  assert.equal((await problemOf(world.profiles.get(id))).code, 'not-found');
  assert.deepEqual(sealedIn(join(world.folder, 'data')), []);
});

test('what does not exist is said not to exist', async (t) => {
  const world = await startWorld(t);
  for (const work of [
    world.profiles.get('prf_none'),
    world.profiles.update('prf_none', {}),
    world.profiles.remove('prf_none'),
    world.profiles.authorize('prf_none'),
    world.consent.begin('prf_none', 'session'),
  ])
    assert.equal((await problemOf(work)).code, 'not-found');
});

test('a profile for a person is not authorized without one', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  assert.equal((await problemOf(world.profiles.authorize(id))).code, 'profile.consent-needed');
});
