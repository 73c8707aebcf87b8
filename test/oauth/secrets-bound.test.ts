import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { clientKeyName, clientSecretName, formerKeyName, formerSecretName } from '../../src/oauth/sealed.ts';
import { json, startScriptedAuthority } from './scripted-authority.ts';
import { problemOf, session, startWorld } from './world.ts';

/** A stored secret goes only where it was entered for. */

const evil = 'https://evil.example';
const custom = {
  provider: 'custom',
  name: 'Custom',
  clientId: 'letterbox',
  clientSecret: 'the secret',
  authorizationUrl: 'https://login.example/authorize',
  tokenUrl: 'https://login.example/token',
};
const microsoft = {
  name: 'Microsoft',
  clientId: '11111111-2222-3333-4444-555555555555',
  clientSecret: 'the secret',
  tenant: 'contoso.com',
};
const guid = '99999999-2222-3333-4444-555555555555';
const urls = {
  authorizationUrl: `${evil}/contoso.com/oauth2/v2.0/authorize`,
  tokenUrl: `${evil}/contoso.com/oauth2/v2.0/token`,
};

const moves: [name: string, from: Record<string, unknown>, to: Record<string, unknown>][] = [
  ['token URL', custom, { tokenUrl: `${evil}/token` }],
  ['token URL by its path only', custom, { tokenUrl: 'https://login.example/other' }],
  ['both URLs', custom, { tokenUrl: `${evil}/token`, authorizationUrl: `${evil}/authorize` }],
  [
    'device authorization URL',
    {
      ...custom,
      grant: 'device_code',
      authorizationUrl: null,
      deviceAuthorizationUrl: 'https://login.example/device',
    },
    { deviceAuthorizationUrl: `${evil}/device` },
  ],
  ['an issuer in place of URLs', custom, { issuer: evil, tokenUrl: null, authorizationUrl: null }],
  [
    'the issuer',
    { ...custom, authorizationUrl: null, tokenUrl: null, issuer: 'https://login.example' },
    { issuer: evil },
  ],
  ['client ID', custom, { clientId: 'another' }],
  ['provider', custom, { provider: 'google', tokenUrl: null, authorizationUrl: null }],
  ['tenant', microsoft, { tenant: 'evil.example' }],
  ['URLs in place of the tenant', microsoft, { tenant: null, ...urls }],
  ['Microsoft’s client ID', microsoft, { clientId: guid }],
  ['cloud', microsoft, { cloud: 'us-government-high' }],
  ['provider, URLs kept', { ...microsoft, tenant: null, ...urls }, { provider: 'custom' }],
];

test('a change of where a client secret goes asks for it again, and naming it', async (t) => {
  const { profiles, store } = await startWorld(t);
  for (const [name, from, to] of moves) {
    const { id } = await profiles.create({ ...from, name });
    const before = await store.secrets.read(id, clientSecretName);
    for (const change of [to, { ...to, clientSecret: '' }]) {
      const problem = await problemOf(profiles.update(id, change));
      assert.deepEqual(
        [problem.code, problem.fields?.map(({ field }) => field)],
        ['input.invalid', ['clientSecret']],
        name,
      );
      assert.match(problem.fields?.[0]?.expected ?? '', /again.*changed/, name);
    }
    assert.deepEqual(await store.secrets.read(id, clientSecretName), before, name);
    const changed = await profiles.update(id, { ...to, clientSecret: 'entered again' });
    assert.equal(changed.state, 'consent-needed', name);
    assert.equal(await store.secrets.read(id, formerSecretName), null, name);
    // What stays as it is asks for nothing
    await profiles.update(id, { ...to, name: `${name} renamed` });
    await profiles.update(id, { uses: ['imap'] });
  }
});

test('nor is it kept for later where the change hides it', async (t) => {
  const { profiles, store } = await startWorld(t);
  for (const [name, from, to] of moves.filter(([, { grant }]) => grant === undefined)) {
    if (to.provider === 'google') continue;
    const { id } = await profiles.create({ ...from, name });
    await profiles.update(id, { ...to, clientAuthentication: 'none' });
    assert.equal(await store.secrets.read(id, clientSecretName), null, name);
    const back = await problemOf(profiles.update(id, { clientAuthentication: 'secret' }));
    assert.deepEqual(
      back.fields?.map(({ field }) => field),
      ['clientSecret'],
      name,
    );
  }
  const { id } = await profiles.create({ ...custom, name: 'Hidden only' });
  await profiles.update(id, { clientAuthentication: 'none' });
  await profiles.update(id, { clientAuthentication: 'secret' });
});

test('a private key that was given or made signs for no other authority', async (t) => {
  const { profiles, store } = await startWorld(t);
  const { id } = await profiles.create({
    ...custom,
    clientSecret: undefined,
    clientAuthentication: 'certificate',
  });
  const first = await profiles.get(id);
  const key = await store.secrets.read(id, clientKeyName);
  const moved = await profiles.update(id, { tokenUrl: `${evil}/token` });
  assert.notEqual(moved.clientCertificate?.sha256, first.clientCertificate?.sha256);
  assert.notDeepEqual(await store.secrets.read(id, clientKeyName), key);
  assert.equal(await store.secrets.read(id, formerKeyName), null);
  const without = await profiles.update(id, { clientAuthentication: 'none', tokenUrl: `${evil}/2` });
  assert.equal(without.clientCertificate, null);
  assert.equal(await store.secrets.read(id, clientKeyName), null);
  assert.ok((await profiles.update(id, { clientAuthentication: 'certificate' })).clientCertificate);
});

/** A person's profile at an authority, connected. */
async function startConnected(t: TestContext, input: Record<string, unknown> = {}) {
  const world = await startWorld(t);
  const authority = await startScriptedAuthority(t, world.certificates);
  const { authorizationUrl, tokenUrl } = authority;
  const { id } = await world.profiles.create({ ...custom, authorizationUrl, tokenUrl, ...input });
  authority.answers.push(json(200, { access_token: 'a', refresh_token: 'r', expires_in: 3600 }));
  const callback = async () => {
    const state = (await world.consent.begin(id, session)).searchParams.get('state');
    return new URL(`${world.consent.redirectUri}?code=c0de&state=${state}`);
  };
  await world.consent.complete(await callback(), session);
  return { ...world, authority, id, callback };
}

test('a refresh token is sent to no other authority: each such change ends the consent', async (t) => {
  const changes: Record<string, unknown>[] = [
    { tokenUrl: `${evil}/token` },
    { authorizationUrl: `${evil}/authorize` },
    { clientId: 'another' },
    { issuer: evil, tokenUrl: null, authorizationUrl: null },
    {
      provider: 'google',
      tokenUrl: null,
      authorizationUrl: null,
      clientAuthentication: 'secret',
      clientSecret: 'x',
    },
    { grant: 'device_code', deviceAuthorizationUrl: `${evil}/device` },
    { grant: 'client_credentials', clientAuthentication: 'secret', clientSecret: 'x' },
  ];
  for (const change of changes) {
    const world = await startConnected(t, { clientAuthentication: 'none', clientSecret: undefined });
    await world.profiles.update(world.id, change);
    assert.equal(await world.stored(world.id), null, JSON.stringify(change));
    assert.equal((await world.profiles.get(world.id)).state, 'consent-needed', JSON.stringify(change));
  }
});

test('a code is redeemed at no other authority than it was asked of', async (t) => {
  const world = await startConnected(t, { clientAuthentication: 'none', clientSecret: undefined });
  const other = await startScriptedAuthority(t, world.certificates);
  const callback = await world.callback();
  await world.profiles.update(world.id, { tokenUrl: other.tokenUrl });
  assert.equal((await problemOf(world.consent.complete(callback, session))).code, 'consent.profile-changed');
  assert.equal(other.asked.length, 0);
  assert.equal(world.authority.asked.length, 1);
});

test('a password is shown at no other mail host than it was entered for', async (t) => {
  const { profiles, resources } = await startWorld(t);
  const { servers, outgoingServers } = resources;
  const { id: profileId } = await profiles.create({
    provider: 'custom',
    authentication: 'password',
    name: 'Password',
    password: 'the password',
    uses: ['imap', 'smtp'],
  });
  const server = { name: 'A', address: 'a@x.example', profileId, host: 'mail.example' };
  const { id } = await servers.create(server);
  const refused = async (work: Promise<unknown>) => (await problemOf(work)).fields?.map(({ field }) => field);
  const again = { password: 'the password' };
  assert.deepEqual(await refused(servers.update(id, { host: 'evil.example' })), ['password']);
  assert.deepEqual(await refused(servers.update(id, { host: 'evil.example', password: 'a guess' })), [
    'password',
  ]);
  assert.deepEqual(await refused(servers.create({ ...server, name: 'B', host: 'evil.example' })), [
    'password',
  ]);
  const outgoing = { name: 'Out', address: 'a@x.example', profileId, host: 'smtp.example' };
  assert.deepEqual(await refused(outgoingServers.create(outgoing)), ['password']);
  // Nor after the server is gone
  await servers.remove(id);
  assert.deepEqual(await refused(servers.create({ ...server, host: 'evil.example' })), ['password']);
  // The same host is asked for nothing, also written otherwise and at another port
  const { id: next } = await servers.create({ ...server, host: 'MAIL.example', port: 1993 });
  await servers.update(next, { name: 'Renamed', paused: true });
  // Entered again, it may
  const { id: out } = await outgoingServers.create({ ...outgoing, ...again });
  await outgoingServers.update(out, { host: 'mail.example' });
  await servers.update(next, { host: 'smtp.example' });
  assert.deepEqual((await profiles.get(profileId)).hosts, ['mail.example', 'smtp.example']);
  assert.doesNotMatch(JSON.stringify([await servers.list(), await outgoingServers.list()]), /the password/);
  // A new password is for where it is wanted next, and for those who use it
  await profiles.update(profileId, { password: 'new' });
  assert.deepEqual(await refused(servers.create({ ...server, name: 'C', host: 'evil.example' })), [
    'password',
  ]);
});

test('nor is a password from before hosts were noted, also after its server is gone or has another profile', async (t) => {
  const { profiles, resources } = await startWorld(t);
  const { servers } = resources;
  const password = {
    provider: 'custom',
    authentication: 'password',
    password: 'the password',
    uses: ['imap'],
  };
  const { id: other } = await profiles.create({ ...password, name: 'Other' });
  const ends: ((id: string) => Promise<unknown>)[] = [
    (id) => servers.remove(id),
    (id) => servers.update(id, { profileId: other, password: 'the password' }),
    (id) => servers.update(id, { paused: true }),
  ];
  for (const [n, end] of ends.entries()) {
    const { id: profileId } = await profiles.create({ ...password, name: `Old ${n}` });
    const server = { name: `S${n}`, address: `a${n}@x.example`, profileId, host: `mail${n}.example` };
    const { id } = await servers.create(server);
    await resources.profiles.note(profileId, () => ({ record: { hosts: [] } }));
    await end(id);
    const problem = await problemOf(servers.create({ ...server, name: 'Trap', host: 'evil.example' }));
    assert.deepEqual(
      problem.fields?.map(({ field }) => field),
      ['password'],
    );
  }
});

test('tokens of Microsoft and Google are shown to hosts of theirs only', async (t) => {
  const { profiles, resources } = await startWorld(t);
  const { servers } = resources;
  const create = async (profile: Record<string, unknown>, host: string) => {
    const { id: profileId } = await profiles.create({ ...profile, name: host });
    const server = {
      name: host,
      address: `a@${host}`,
      profileId,
      host,
      protocol: profile.uses?.[0 as never] ?? 'imap',
    };
    return servers.create(server).then(
      () => [],
      (problem) => problem.fields.map(({ field }: { field: string }) => field),
    );
  };
  const google = { provider: 'google', clientId: 'x', clientSecret: 'y' };
  for (const host of ['outlook.office365.com', 'imap-mail.outlook.com', 'partner.outlook.cn'])
    assert.deepEqual(await create(microsoft, host), [], host);
  for (const host of ['evil.example', 'office365.com.evil.example', 'notoutlook.com', '127.0.0.1'])
    assert.deepEqual(await create(microsoft, host), ['host'], host);
  assert.deepEqual(await create(google, 'imap.gmail.com'), []);
  assert.deepEqual(await create(google, 'imap.gmail.com.evil.example'), ['host']);
  // An Exchange Server of one's own, by a token that is for it
  const hybrid = {
    ...microsoft,
    uses: ['ews'],
    scopes: 'offline_access https://exchange.contoso.com/EWS.AccessAsUser.All',
  };
  assert.deepEqual(await create(hybrid, 'exchange.contoso.com'), []);
  assert.deepEqual(await create(hybrid, 'other.contoso.com'), ['host']);
});
