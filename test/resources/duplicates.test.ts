import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import { openCommandLine } from '../cli/in-process.ts';
import { openStore } from '../store/fixtures.ts';
import { collectionsOf } from './fixtures.ts';

const profile = {
  name: 'Contoso',
  provider: 'custom',
  authentication: 'password',
  password: 'hush',
  uses: ['imap', 'pop3', 'smtp'],
};
const support = {
  name: 'Support',
  address: 'support@contoso.com',
  host: 'mail.contoso.com',
  folders: ['INBOX'],
};

async function open(t: TestContext) {
  const collections = collectionsOf(await openStore(t));
  const { id: profileId } = await collections.profiles.create(profile);
  const first = await collections.servers.create({ ...support, profileId });
  /** Why another server is not taken as it is; null where it is taken. */
  const why = async (changes: object) => {
    const work = collections.servers.create({ ...support, name: 'Second', profileId, ...changes });
    const outcome = await reason(work);
    if (outcome === null) await collections.servers.remove((await work).id);
    return outcome;
  };
  return { ...collections, profileId, first, why };
}

async function reason(work: Promise<unknown>): Promise<string | null> {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  );
  if (error === null) return null;
  assert.ok(error instanceof Problem, String(error));
  assert.equal(error.code, 'record.duplicate', error.message);
  assert.deepEqual(
    error.fields?.map(({ field }) => field),
    ['duplicate'],
  );
  return error.detail ?? '';
}

test('a server that reads a folder of a mailbox which another one reads is asked about, and named', async (t) => {
  const { why } = await open(t);
  const asked = /^The server Support reads INBOX of this mailbox already: each mail would come in twice\.$/;
  assert.match((await why({})) ?? '', asked);
  for (const same of [
    { address: 'Support@Contoso.com', folders: ['inbox', 'Other'] },
    { protocol: 'pop3' },
    { host: 'MAIL.contoso.com', address: 'help@contoso.com', username: 'support@contoso.com' },
    { host: 'other.contoso.com', password: 'hush' },
    { folders: ['*'] },
    { folders: ['IN%'] },
    { paused: true },
  ])
    assert.notEqual(await why(same), null, JSON.stringify(same));
  for (const other of [
    { address: 'orders@contoso.com' },
    { folders: ['Archive'] },
    { folders: ['Team/*', '\\Junk'] },
    { duplicate: 'allow' },
  ])
    assert.equal(await why(other), null, JSON.stringify(other));
});

test('patterns and special uses of folders are held against names', async (t) => {
  const { why, servers, first } = await open(t);
  await servers.update(first.id, { folders: ['Team/*', '\\Junk', 'A*b*c'] });
  for (const folder of ['Team/North', 'team/', 'junk', '\\junk', 'Axbxxc', 'abc', '*', 'Team/%'])
    assert.notEqual(await why({ folders: [folder] }), null, folder);
  for (const folder of ['Team', 'INBOX', 'Junk/2026', 'acb', 'ab', '\\Sent'])
    assert.equal(await why({ folders: [folder] }), null, folder);
});

test('a change is asked about only where it makes something the same that was not', async (t) => {
  const { servers, first, profileId } = await open(t);
  const second = await servers.create({ ...support, name: 'Second', profileId, duplicate: 'allow' });
  assert.equal(await reason(servers.update(second.id, { afterIntake: { action: 'mark-read' } })), null);
  assert.equal(await reason(servers.update(first.id, { name: 'First' })), null);
  const third = await servers.create({ ...support, name: 'Third', folders: ['Archive'], profileId });
  const twice = await reason(servers.update(third.id, { folders: ['Archive', 'INBOX'] }));
  assert.match(twice ?? '', /server First reads INBOX.*server Second reads INBOX/);
  assert.deepEqual((await servers.get(third.id)).folders, ['Archive']);
  await servers.update(third.id, { folders: ['INBOX'], duplicate: 'allow' });
  assert.equal('duplicate' in (await servers.get(third.id)), false, 'the answer is not kept');
});

test('two destinations that lead to one place are asked about where both would get the same mail', async (t) => {
  const { destinations, outgoingServers, servers, first, profileId } = await open(t);
  const orders = await servers.create({
    ...support,
    name: 'Orders',
    address: 'orders@contoso.com',
    profileId,
  });
  const hook = { name: 'Tickets', url: 'https://tickets.example/hook', servers: [first.id] };
  await destinations.create(hook);
  const again = (changes: object) => reason(destinations.create({ ...hook, name: 'Again', ...changes }));
  const same = /^The destination Tickets leads to the same place: messages would go there twice\.$/;
  assert.match((await again({})) ?? '', same);
  assert.match((await again({ url: 'HTTPS://Tickets.example:443/hook', servers: null })) ?? '', same);
  assert.equal(await again({ servers: [orders.id] }), null);
  assert.equal(await again({ name: 'Other', url: 'https://tickets.example/Hook' }), null);
  const { id: outgoingServerId } = await outgoingServers.create({
    name: 'Out',
    address: 'a@contoso.com',
    kind: 'lmtp',
  });
  const forward = { kind: 'forward', recipient: 'archive@contoso.com', outgoingServerId };
  await destinations.create({ name: 'Archive', ...forward });
  assert.match(
    (await reason(destinations.create({ name: 'Archive 2', ...forward }))) ?? '',
    /destination Archive leads/,
  );
});

test('a name that differs in capitals or spaces only is asked about, of whatever resource', async (t) => {
  const { profiles, destinations, outgoingServers, why } = await open(t);
  const called = /is called the same but for capitals or spaces/;
  assert.match((await why({ name: 'support', address: 'x@contoso.com' })) ?? '', called);
  assert.match((await reason(profiles.create({ ...profile, name: 'CONTOSO' }))) ?? '', called);
  await profiles.create({ ...profile, name: 'CONTOSO', duplicate: 'allow' });
  await destinations.create({ name: 'Ticket system', url: 'https://a.example/' });
  const url = 'https://b.example/';
  assert.match((await reason(destinations.create({ name: 'ticket  System', url }))) ?? '', called);
  await outgoingServers.create({ name: 'Out', address: 'a@contoso.com', kind: 'lmtp' });
  const out = { name: 'OUT', address: 'b@contoso.com', kind: 'lmtp' };
  assert.match((await reason(outgoingServers.create(out))) ?? '', called);
});

test('what is wrong is told before it is asked whether something is meant', async (t) => {
  const { servers, profileId } = await open(t);
  await assert.rejects(servers.create({ ...support, name: 'support', port: 0, profileId }), {
    code: 'input.invalid',
  });
  await assert.rejects(servers.create({ ...support, name: 'Second', profileId, duplicate: 'perhaps' }), {
    code: 'input.invalid',
  });
});

test('the command line says what there is already, and --allow-duplicate adds it all the same', async (t) => {
  const { told, wrong, run } = await openCommandLine(t);
  const add = (name: string) => ['destination', 'add', '--name', name, '--url', 'https://hook.example/'];
  await told(...add('Tickets'));
  assert.deepEqual(await wrong(...add('Again')), {
    code: 1,
    lines: ['The destination Tickets leads to the same place: messages would go there twice'],
  });
  assert.match((await run(add('Again'))).stderr, /What to do: .*--allow-duplicate/);
  await told(...add('Again'), '--allow-duplicate');
});
