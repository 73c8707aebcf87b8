import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openStore } from '../store/fixtures.ts';
import { collectionsOf } from './fixtures.ts';

async function open(t: TestContext) {
  const all = collectionsOf(await openStore(t), {});
  const fieldsOf = (work: Promise<unknown>) =>
    work.then(
      () => [],
      ({ fields }) =>
        fields.map(({ field, expected }: { field: string; expected: string }) => [field, expected]),
    );
  return { ...all, fieldsOf };
}

const microsoft = {
  name: 'Contoso',
  clientId: '5a1c2b3d-0f7e-4c5b-9a8d-1e2f3a4b5c6d',
  clientSecret: 'a secret',
  uses: ['imap', 'smtp'],
};

test('a change of a profile that its servers could not live with is refused, naming them', async (t) => {
  const { profiles, servers, outgoingServers, fieldsOf } = await open(t);
  const { id: profileId } = await profiles.create({ ...microsoft, tenant: 'contoso.com' });
  const server = { address: 'a@contoso.com', profileId };
  await servers.create({ ...server, name: 'Support' });
  await outgoingServers.create({ ...server, name: 'Out' });
  const [uses] = await fieldsOf(profiles.update(profileId, { uses: ['smtp'] }));
  assert.equal(uses?.[0], 'uses');
  assert.match(uses?.[1] ?? '', /the server Support.*credential profile for imap/);
  assert.match(
    (await fieldsOf(profiles.update(profileId, { uses: ['imap'] })))[0]?.[1] ?? '',
    /the outgoing server Out/,
  );
  const google = { provider: 'google', tenant: null, clientId: 'x', clientSecret: 'y' };
  assert.match(
    (await fieldsOf(profiles.update(profileId, google)))[0]?.[1] ?? '',
    /the server Support.*mail host of Google/,
  );
  assert.deepEqual((await profiles.get(profileId)).uses, ['imap', 'smtp']);
  assert.equal((await profiles.get(profileId)).provider, 'microsoft');
  // What they can live with is taken
  await profiles.update(profileId, { uses: ['imap', 'smtp', 'graph'], name: 'Renamed', scopes: [] });
});

test('tokens of an authority come to no host by a profile that was another’s when the host was entered', async (t) => {
  const { profiles, servers, fieldsOf } = await open(t);
  const urls = (origin: string) => ({
    authorizationUrl: `${origin}/contoso.com/oauth2/v2.0/authorize`,
    tokenUrl: `${origin}/contoso.com/oauth2/v2.0/token`,
  });
  const { id: profileId } = await profiles.create({ ...microsoft, ...urls('https://evil.example') });
  await servers.create({ name: 'Trap', address: 'a@contoso.com', profileId, host: 'evil.example' });
  const change = { ...urls('https://login.microsoftonline.com'), clientSecret: 'the real one' };
  assert.match(
    (await fieldsOf(profiles.update(profileId, change)))[0]?.[1] ?? '',
    /the server Trap.*mail host of Microsoft/,
  );
});

test('the kind of an outgoing server that something relies on stays', async (t) => {
  const { profiles, outgoingServers, destinations, fieldsOf } = await open(t);
  const { id: profileId } = await profiles.create({
    ...microsoft,
    tenant: 'contoso.com',
    uses: ['smtp', 'graph-send'],
  });
  const { id } = await outgoingServers.create({ name: 'Out', address: 'a@contoso.com', profileId });
  await destinations
    .create({ name: 'Copy', kind: 'forward', outgoingServerId: id, recipient: 'b@contoso.com' })
    .catch(({ fields }) => assert.fail(JSON.stringify(fields)));
  assert.match(
    (await fieldsOf(outgoingServers.update(id, { kind: 'graph' })))[0]?.[1] ?? '',
    /the destination Copy/,
  );
  await outgoingServers.update(id, { displayName: 'Us', enabled: false });
});

test('what is named is named once', async (t) => {
  const { profiles, destinations, servers, fieldsOf } = await open(t);
  const twice = { ...microsoft, tenant: 'contoso.com', uses: ['imap', 'imap'] };
  assert.deepEqual(await fieldsOf(profiles.create(twice)), [['uses', 'each of them once']]);
  const { id: profileId } = await profiles.create({ ...twice, uses: ['imap'] });
  const { id } = await servers.create({ name: 'S', address: 'a@contoso.com', profileId });
  const hook = { name: 'Hook', url: 'https://hook.example/', servers: [id, id] };
  assert.deepEqual(await fieldsOf(destinations.create(hook)), [['servers', 'each of them once']]);
});

test('a secret that is missing is told in the same round as what else is wrong', async (t) => {
  const { profiles, fieldsOf } = await open(t);
  const named = async (input: Record<string, unknown>) =>
    (await fieldsOf(profiles.create(input))).map(([field]: [string]) => field).toSorted();
  const { clientSecret: _, ...without } = { ...microsoft, tenant: 'contoso.com' };
  assert.deepEqual(await named({ ...without, name: '' }), ['clientSecret', 'name']);
  assert.deepEqual(await named({ ...without, name: '', clientAuthentication: 'none' }), ['name']);
  assert.deepEqual(await named({ ...without, name: '', clientSecret: 'x\u0000y' }), ['clientSecret', 'name']);
  const password = { provider: 'custom', authentication: 'password', uses: ['imap'] };
  assert.deepEqual(await named({ ...password, name: '' }), ['name', 'password']);
  assert.deepEqual(await named(without), ['clientSecret']);
});
