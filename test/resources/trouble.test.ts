import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import { builtIn, type Kinds } from '../../src/adapters.ts';
import type { DeliveringKind } from '../../src/delivery/destination.ts';
import { Problem } from '../../src/model/problem.ts';
import { choice } from '../../src/resources/fields/choice.ts';
import { list } from '../../src/resources/fields/list.ts';
import { reference } from '../../src/resources/fields/reference.ts';
import { secret } from '../../src/resources/fields/secret.ts';
import type { MailProtocol } from '../../src/sources/source.ts';
import { openStore } from '../store/fixtures.ts';
import { collectionsOf, put } from './fixtures.ts';

const neverOpened = () => assert.fail('nothing is opened');

/** A protocol with fields of its own. */
const jmap: MailProtocol = {
  ...(builtIn.protocols.find(({ name }) => name === 'imap') as MailProtocol),
  name: 'jmap',
  use: 'Reading by JMAP',
  fields: {
    words: list({ label: 'Words', of: z.string(), max: 3, fallback: [] }),
    mode: choice({
      label: 'Mode',
      fallback: 'a',
      choices: ['a', 'b'].map((value) => ({ value, label: value })),
    }),
    key: secret({ label: 'Key', sealedAs: 'jmap-key', required: true, when: { mode: ['b'] } }),
  },
  check: (record) => ((record.words as string[]).length > 2 ? [{ field: 'words', expected: 'two' }] : []),
  open: neverOpened,
};

/** A destination that sends through an outgoing server, by a field that only it has. */
const relay: DeliveringKind = {
  name: 'relay',
  label: 'Relay',
  fields: { through: reference({ label: 'Through', to: 'outgoing-server' }) },
  targetOf: () => 'relay',
  open: neverOpened,
};

async function open(t: TestContext) {
  const store = await openStore(t);
  const kinds: Kinds = {
    ...builtIn,
    protocols: [...builtIn.protocols, jmap],
    destinations: [...builtIn.destinations, relay],
  };
  const all = collectionsOf(store, { kinds });
  const { id: profileId } = await all.profiles.create({
    name: 'Contoso',
    provider: 'custom',
    authentication: 'password',
    password: 'hush',
    uses: ['imap', 'jmap', 'smtp'],
  });
  const server = await all.servers.create({
    name: 'Support',
    address: 'support@contoso.com',
    host: 'mail.contoso.com',
    profileId,
  });
  return { store, ...all, profileId, server };
}

/** The fields that a problem names, or its code where it names none. */
async function wrong(work: Promise<unknown>): Promise<string[] | string> {
  const error = await work.then(
    () => assert.fail('nothing was wrong'),
    (reason) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error.fields?.map(({ field }) => field) ?? error.code;
}

test('what uses a profile that cannot be read is paused and renamed all the same', async (t) => {
  const { store, servers, server, profileId } = await open(t);
  await put(store, 'profile', { id: profileId, name: 'Contoso', provider: 'pigeon' });
  assert.equal((await servers.update(server.id, { paused: true })).paused, true);
  assert.equal((await servers.update(server.id, { name: 'Help' })).name, 'Help');
  assert.equal((await servers.update(server.id, { paused: false })).host, 'mail.contoso.com');
});

test('another kind begins with its own fields, and leaves those of the former and its secrets', async (t) => {
  const { store, servers, server } = await open(t);
  const changed = await servers.update(server.id, { protocol: 'jmap', mode: 'b', key: 'hush' });
  const seen = (record: object) => {
    const { words, mode } = record as { words?: string[]; mode?: string };
    return [words, mode];
  };
  assert.deepEqual(seen(changed), [[], 'b']);
  const sealed = () => store.records.change((transaction) => transaction.secret(server.id, 'jmap-key'));
  assert.notEqual(await sealed(), null);
  const back = await servers.update(server.id, { protocol: 'imap' });
  assert.deepEqual([seen(back), await sealed()], [[undefined, undefined], null]);
  const again = await servers.update(server.id, { protocol: 'jmap' });
  assert.deepEqual(seen(again), [[], 'a']);
});

test('a secret is asked for where it is needed, and refused where it has no sense', async (t) => {
  const { servers, server } = await open(t);
  await servers.update(server.id, { protocol: 'jmap' });
  assert.deepEqual(await wrong(servers.update(server.id, { key: 'hush' })), ['key']);
  assert.deepEqual(await wrong(servers.update(server.id, { mode: 'b' })), ['key']);
  await servers.update(server.id, { mode: 'b', key: 'hush' });
  await servers.update(server.id, { words: ['x'] });
});

test('whatever refers to a record holds it, by any field, and also what cannot be read', async (t) => {
  const { store, servers, profiles, outgoingServers, destinations, notifications, ...made } = await open(t);
  const { id: out } = await outgoingServers.create({
    name: 'Out',
    address: 'support@contoso.com',
    host: 'smtp.contoso.com',
    profileId: made.profileId,
    password: 'hush',
  });
  const { id: through } = await destinations.create({ name: 'Relay', kind: 'relay', through: out });
  const details = (work: Promise<unknown>) =>
    work.then(
      () => '',
      ({ detail }: Problem) => detail,
    );
  assert.equal(await details(outgoingServers.remove(out)), 'Out is used by the destination Relay');
  await destinations.remove(through);

  const hook = await destinations.create({ name: 'Hook', url: 'https://hook.example/' });
  await notifications.update('notifications', { destinationId: hook.id });
  assert.equal(await details(destinations.remove(hook.id)), 'Hook is used by the notifications');

  await outgoingServers.remove(out);
  const stored = await store.records.get('server', made.server.id);
  await put(store, 'server', { ...JSON.parse(stored?.record ?? ''), schemaVersion: 9 });
  assert.equal(
    await details(profiles.remove(made.profileId)),
    'Contoso is used by the server Support, which cannot be read',
  );
  await servers.remove(made.server.id);
  await profiles.remove(made.profileId);
});

test('a removed server is in no list any more; a list that named nothing else means none, not all', async (t) => {
  const { servers, server, destinations } = await open(t);
  const { id: _, version: __, createdAt: ___, updatedAt: ____, ...fields } = server;
  const other = await servers.create({ ...fields, name: 'Other', address: 'other@contoso.example' });
  const hook = (name: string, named: string[] | null) =>
    destinations.create({ name, url: `https://hook.example/${name}`, servers: named });
  const both = await hook('Both', [server.id, other.id]);
  const one = await hook('One', [server.id]);
  const all = await hook('All', null);
  await servers.remove(server.id);
  const { version, servers: left } = await destinations.get(both.id);
  assert.deepEqual([version, left], [both.version, [other.id]]);
  assert.deepEqual((await destinations.get(one.id)).servers, []);
  assert.equal((await destinations.get(all.id)).servers, null);
  assert.deepEqual((await destinations.update(one.id, { name: 'Still none' })).servers, []);
});

test('a removed server that others named stops no later change of theirs', async (t) => {
  const { servers, server, destinations } = await open(t);
  const hook = await destinations.create({
    name: 'Hook',
    url: 'https://hook.example/',
    servers: [server.id],
  });
  await servers.remove(server.id);
  assert.equal((await destinations.update(hook.id, { name: 'Hooked' })).name, 'Hooked');
  assert.deepEqual(await wrong(destinations.update(hook.id, { servers: [server.id] })), ['servers']);
});

test('settings of which there is one are said anew where they cannot be read', async (t) => {
  const { store, notifications, destinations } = await open(t);
  await put(store, 'notifications', { id: 'notifications', name: 'notifications', addresses: 5 });
  assert.equal((await notifications.all()).unreadable.length, 1);
  assert.deepEqual((await notifications.get('notifications')).addresses, []);
  const hook = await destinations.create({ name: 'Hook', url: 'https://hook.example/' });
  await notifications.update('notifications', { destinationId: hook.id });
  assert.equal((await notifications.all()).unreadable.length, 0);
  assert.equal((await notifications.get('notifications')).destinationId, hook.id);
});

test('whatever is stored in place of a record is told as a record that cannot be read', async (t) => {
  const { store, destinations } = await open(t);
  const hook = await destinations.create({ name: 'Hook', url: 'https://hook.example/' });
  const good = JSON.parse((await store.records.get('destination', hook.id))?.record ?? '');
  for (const record of [
    'null',
    '[]',
    '5',
    '{',
    { ...good, kindVersion: 'two' },
    { ...good, schemaVersion: {} },
  ]) {
    const text = typeof record === 'string' ? record : JSON.stringify(record);
    await store.records.change((transaction) =>
      transaction.replace('destination', { id: hook.id, name: 'Hook', version: 3, record: text }),
    );
    assert.equal(await wrong(destinations.get(hook.id)), 'record.unreadable', text);
    assert.equal(await wrong(destinations.remove(hook.id, { version: 2 })), 'record.changed', text);
  }
  const told: (string | undefined)[] = [];
  destinations.onChange((before) => void told.push(before?.id));
  await destinations.remove(hook.id);
  assert.deepEqual(told, [hook.id]);
});
