import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { builtIn } from '../../src/adapters.ts';
import { Problem } from '../../src/model/problem.ts';
import { mailServer, openStore } from '../store/fixtures.ts';
import { collectionsOf, put } from './fixtures.ts';
import { folder } from './folder/kind.ts';

/** The problem that something ends with. */
async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => assert.fail('nothing was wrong'),
    (reason) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

async function open(t: TestContext) {
  const store = await openStore(t);
  const kinds = { ...builtIn, destinations: [...builtIn.destinations, folder] };
  const collections = collectionsOf(store, { kinds });
  return { store, kinds, ...collections };
}

const profile = {
  name: 'Contoso',
  provider: 'custom',
  authentication: 'password',
  password: 'hush',
  uses: ['imap', 'smtp'],
};
const server = { name: 'Support', address: 'support@contoso.com', host: 'mail.contoso.com' };

test('a change beside a removal: the removed record stays removed, in every round', async (t) => {
  const { profiles, servers } = await open(t);
  const { id: profileId } = await profiles.create(profile);
  for (let round = 0; round < 30; round++) {
    const { id } = await servers.create({ ...server, profileId });
    await Promise.allSettled([servers.update(id, { name: `Round ${round}` }), servers.remove(id)]);
    assert.equal(await servers.find(id), null, `round ${round}`);
  }
  assert.deepEqual(await servers.list(), []);
});

test('two changes of one record at once: none loses what the other changed', async (t) => {
  const { profiles, servers, outgoingServers, destinations, notifications } = await open(t);
  const { id: profileId } = await profiles.create(profile);
  const { id } = await servers.create({ ...server, profileId });
  const outgoing = await outgoingServers.create({ name: 'Out', address: 'a@b.example', kind: 'lmtp' });
  const hook = await destinations.create({ name: 'Hook', url: 'https://hook.example/' });
  for (let round = 0; round < 30; round++) {
    const name = `Round ${round}`;
    await Promise.all([servers.update(id, { name }), servers.update(id, { paused: round % 2 === 0 })]);
    const { name: after, paused } = await servers.get(id);
    assert.deepEqual([after, paused], [name, round % 2 === 0]);
    await Promise.all([
      outgoingServers.update(outgoing.id, { displayName: name }),
      outgoingServers.update(outgoing.id, { address: `r${round}@b.example` }),
      destinations.update(hook.id, { name }),
      destinations.update(hook.id, { enabled: round % 2 === 0 }),
      notifications.update('notifications', {
        outgoingServerId: outgoing.id,
        addresses: [`r${round}@x.example`],
      }),
      notifications.update('notifications', { destinationId: round % 2 === 0 ? hook.id : null }),
    ]);
    const sent = await outgoingServers.get(outgoing.id);
    assert.deepEqual([sent.displayName, sent.address], [name, `r${round}@b.example`]);
    const posted = await destinations.get(hook.id);
    assert.deepEqual([posted.name, posted.enabled], [name, round % 2 === 0]);
    const told = await notifications.get('notifications');
    assert.deepEqual(
      [told.addresses, told.destinationId],
      [[`r${round}@x.example`], round % 2 === 0 ? hook.id : null],
    );
  }
});

test('of two records of one name made at once, one is made', async (t) => {
  const { destinations } = await open(t);
  const made = await Promise.allSettled(
    Array.from({ length: 5 }, () => destinations.create({ name: 'Hook', url: 'https://hook.example/' })),
  );
  assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await destinations.list()).length, 1);
});

test('a profile is not removed under a server that is added at the same moment', async (t) => {
  const { profiles, servers } = await open(t);
  for (let round = 0; round < 10; round++) {
    const { id: profileId } = await profiles.create({ ...profile, name: `Profile ${round}` });
    await Promise.allSettled([
      servers.create({ ...server, name: `Server ${round}`, profileId }),
      profiles.remove(profileId),
    ]);
    const using = (await servers.list()).filter((one) => one.profileId === profileId);
    assert.equal(using.length > 0, (await profiles.find(profileId)) !== null, `round ${round}`);
  }
});

test('whoever has seen a former version is told what changed since, and changes nothing', async (t) => {
  const { destinations } = await open(t);
  const { id, version } = await destinations.create({ name: 'Hook', url: 'https://one.example/' });
  assert.equal(version, 1);
  assert.equal((await destinations.update(id, { url: 'https://two.example/' }, 1)).version, 2);
  const problem = await problemOf(destinations.update(id, { name: 'Mine' }, 1));
  assert.deepEqual([problem.code, problem.kind], ['record.changed', 'changed']);
  assert.deepEqual(
    problem.fields?.map(({ field, expected }) => [
      field,
      /two\.example/.test(expected),
      /one\.example/.test(expected),
    ]),
    [['url', true, true]],
  );
  assert.equal((await problemOf(destinations.remove(id, { version: 1 }))).kind, 'changed');
  const { name, version: present } = await destinations.get(id);
  assert.deepEqual([name, present], ['Hook', 2]);
});

test('what Letterbox itself notes is no change that anybody need have seen', async (t) => {
  const { destinations } = await open(t);
  const { id, version } = await destinations.create({ name: 'Hook', url: 'https://hook.example/' });
  await destinations.note(id, () => ({ secrets: { 'signing-secrets': '[]' } }));
  assert.equal((await destinations.update(id, { name: 'Mine' }, version)).version, 2);
  await destinations.remove(id);
  assert.equal(await destinations.note(id, () => assert.fail('it is gone')), null);
  assert.equal(await destinations.find(id), null);
});

test('a field that a later release added survives a change by this one', async (t) => {
  const { store, destinations } = await open(t);
  await put(store, 'destination', {
    id: 'dst_1',
    name: 'Hook',
    kind: 'webhook',
    url: 'https://hook.example/',
    servers: null,
    enabled: true,
    colour: 'red',
    createdAt: '2026-11-01T00:00:00.000Z',
    updatedAt: '2026-11-01T00:00:00.000Z',
  });
  await destinations.update('dst_1', { name: 'Renamed' });
  const stored = await store.records.get('destination', 'dst_1');
  assert.equal(JSON.parse(stored?.record ?? '{}').colour, 'red');
  assert.ok(!('colour' in (await destinations.get('dst_1'))));
});

test('a field that an older release did not know has its fallback', async (t) => {
  const { store, servers } = await open(t);
  const { acknowledgement: _, shared: __, ...older } = mailServer();
  await put(store, 'server', older);
  const { acknowledgement, shared } = await servers.get('srv_support');
  assert.deepEqual([acknowledgement, shared], [null, false]);
});

test('records come to their present form step by step, and are stored in it at the next change', async (t) => {
  const { store, destinations } = await open(t);
  const members = { servers: null, enabled: true, createdAt: '', updatedAt: '' };
  await put(store, 'destination', {
    id: 'dst_1',
    name: 'Old',
    kind: 'folder',
    path: '/tmp/mail',
    ...members,
  });
  const read = await destinations.get('dst_1');
  assert.equal('file' in read && read.file, '/tmp/mail');
  await destinations.update('dst_1', { name: 'New' });
  const { path, file, kindVersion } = JSON.parse(
    (await store.records.get('destination', 'dst_1'))?.record ?? '',
  );
  assert.deepEqual([path, file, kindVersion], [undefined, '/tmp/mail', 2]);
});

test('a record that cannot be read fails alone, by its name, and can be removed', async (t) => {
  const { store, destinations } = await open(t);
  await destinations.create({ name: 'Good', url: 'https://hook.example/' });
  const members = { servers: null, enabled: true, createdAt: '', updatedAt: '' };
  await put(store, 'destination', { id: 'dst_url', name: 'No URL', kind: 'webhook', ...members });
  await put(store, 'destination', { id: 'dst_kind', name: 'No kind', kind: 'pigeon', ...members });
  await put(store, 'destination', {
    id: 'dst_new',
    name: 'Of tomorrow',
    kind: 'folder',
    kindVersion: 3,
    file: 'x',
    ...members,
  });
  assert.deepEqual(
    (await destinations.list()).map(({ name }) => name),
    ['Good'],
  );
  const { unreadable } = await destinations.all();
  assert.deepEqual(
    unreadable.map(({ name, problem: { code, detail } }) => [name, code, detail]),
    [
      ['No URL', 'record.unreadable', 'No URL: url'],
      ['No kind', 'record.unreadable', 'No kind: kind'],
      ['Of tomorrow', 'record.newer', 'Of tomorrow'],
    ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );
  assert.equal((await problemOf(destinations.get('dst_url'))).code, 'record.unreadable');
  await destinations.remove('dst_url');
  assert.equal((await destinations.all()).unreadable.length, 2);
});

test('every wrong field is named at once: by itself, held against another, and a name that is taken', async (t) => {
  const { destinations } = await open(t);
  await destinations.create({ name: 'Hook', url: 'https://hook.example/' });
  const problem = await problemOf(
    destinations.create({ name: 'Hook', kind: 'folder', file: 'a.all', format: 'signed', words: ['x'] }),
  );
  assert.deepEqual(problem.fields?.map(({ field }) => field).toSorted(), ['key', 'name', 'words']);
  const other = await problemOf(
    destinations.create({
      name: '',
      kind: 'folder',
      url: 'https://x.example/',
      format: 'loud',
      digits: 4,
      servers: 1,
    }),
  );
  assert.deepEqual(other.fields?.map(({ field }) => field).toSorted(), [
    'digits',
    'file',
    'format',
    'name',
    'servers',
    'url',
  ]);
});

test('a field that its condition hides is refused where it is given, and a kind stays what it is', async (t) => {
  const { destinations } = await open(t);
  const { id } = await destinations.create({ name: 'Lines', kind: 'folder', file: '/tmp/mail' });
  const hidden = await problemOf(destinations.update(id, { digits: 'all' }));
  assert.match(hidden.fields?.[0]?.expected ?? '', /nothing, as Format is subjects/);
  assert.deepEqual(
    (await problemOf(destinations.update(id, { kind: 'webhook', url: 'https://x.example/' }))).fields?.map(
      ({ field }) => field,
    ),
    ['kind'],
  );
});

test('only what matters to the connection is a reason for a new one; a stopped mailbox can always be stopped', async (t) => {
  const { store, servers } = await open(t);
  // Its profile is gone, which nothing here allows, but a restored backup may have.
  await put(store, 'server', mailServer({ profileId: 'prf_gone' }));
  assert.equal((await servers.update('srv_support', { paused: true })).paused, true);
  const fields = (await problemOf(servers.update('srv_support', { address: 'x@y.example' }))).fields;
  assert.deepEqual(
    fields?.map(({ field }) => field),
    ['profileId'],
  );
});
