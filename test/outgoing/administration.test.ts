import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';

import { createLog } from '../../src/telemetry/log.ts';
import { temporaryFolder } from '../store/fixtures.ts';

/** A Letterbox that runs nothing, with a profile for each way to send. */
async function open(t: TestContext) {
  const config = configSchema.parse({ dataFolder: temporaryFolder(t), log: { level: 'silent' } });
  const letterbox = await openLetterbox(config, createLog('silent'));
  t.after(letterbox.close);
  const { administration } = letterbox;
  const profile = (name: string, fields: object): Promise<CredentialProfile> =>
    administration.profiles.create({
      name,
      tenant: 'contoso.com',
      clientId: '5a1c2b3d-0f7e-4c5b-9a8d-1e2f3a4b5c6d',
      clientSecret: 'a secret',
      ...fields,
    });
  const profiles = {
    smtp: await profile('SMTP', { uses: ['smtp'] }),
    government: await profile('Government', { uses: ['smtp'], cloud: 'us-government-high' }),
    graph: await profile('Graph', { uses: ['graph-send'] }),
    reading: await profile('Reading', { uses: ['imap'] }),
  };
  const { outgoingServers } = administration;
  const add = (fields: object) =>
    outgoingServers.create({ name: 'Out', address: 'support@contoso.com', ...fields });
  const wrong = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      return (error as { fields?: { field: string }[] }).fields?.map(({ field }) => field);
    }
    return assert.fail('it was taken');
  };
  return { administration, outgoingServers, profiles, add, wrong };
}

test('host, port and encryption follow from kind and provider, where nothing else is said', async (t) => {
  const { profiles, add, outgoingServers } = await open(t);
  const expected: [object, string][] = [
    [{ profileId: profiles.smtp.id }, 'smtp.office365.com:587 starttls'],
    [{ profileId: profiles.smtp.id, security: 'tls' }, 'smtp.office365.com:465 tls'],
    [{ profileId: profiles.government.id }, 'smtp.office365.us:587 starttls'],
    [{ kind: 'graph', profileId: profiles.graph.id }, 'graph.microsoft.com:443 tls'],
    [{ kind: 'lmtp' }, 'localhost:24 none'],
    [{ host: 'mail.contoso.com', security: 'none' }, 'mail.contoso.com:25 none'],
    [{ host: 'mail.contoso.com', port: 2525 }, 'mail.contoso.com:2525 starttls'],
  ];
  for (const [fields, target] of expected) {
    const { id, host, port, security } = await add(fields);
    assert.equal(`${host}:${port} ${security}`, target);
    await outgoingServers.remove(id);
  }
});

test('a change of kind or encryption takes the port with it, unless one is given', async (t) => {
  const { profiles, add, outgoingServers } = await open(t);
  const { id } = await add({ profileId: profiles.smtp.id });
  const seen = async (changes: object) => {
    const { host, port, security } = await outgoingServers.update(id, changes);
    return `${host}:${port} ${security}`;
  };
  assert.equal(await seen({ security: 'tls' }), 'smtp.office365.com:465 tls');
  assert.equal(await seen({ port: 2465 }), 'smtp.office365.com:2465 tls');
  assert.equal(await seen({ displayName: 'Support' }), 'smtp.office365.com:2465 tls');
  assert.equal(await seen({ host: 'smtp.outlook.com', port: null }), 'smtp.outlook.com:465 tls');
  assert.equal(await seen({ host: null, port: null, security: null }), 'smtp.office365.com:587 starttls');
  assert.equal(await seen({ kind: 'graph', profileId: profiles.graph.id }), 'graph.microsoft.com:443 tls');
});

test('what does not fit is refused by the field that is wrong, and nothing is changed', async (t) => {
  const { profiles, add, wrong, outgoingServers } = await open(t);
  assert.deepEqual(await wrong(add({})), ['host']);
  assert.deepEqual(await wrong(add({ address: 'support' })), ['address', 'host']);
  assert.deepEqual(await wrong(add({ kind: 'graph', host: 'graph.microsoft.com' })), ['profileId']);
  assert.deepEqual(await wrong(add({ kind: 'graph', profileId: profiles.smtp.id })), ['profileId']);
  assert.deepEqual(await wrong(add({ profileId: profiles.reading.id })), ['profileId']);
  assert.deepEqual(await wrong(add({ profileId: 'prf_gone' })), ['profileId']);
  assert.deepEqual(await wrong(add({ kind: 'graph', profileId: profiles.graph.id, security: 'none' })), [
    'security',
  ]);
  assert.deepEqual(await wrong(add({ profileId: profiles.smtp.id, security: 'none' })), ['security']);
  assert.deepEqual(await wrong(add({ host: 'https://mail.contoso.com', certificateAuthority: 'x' })), [
    'host',
    'certificateAuthority',
  ]);
  assert.deepEqual(await wrong(add({ host: 'x.example', displayName: 'a\r\nBcc: b' })), ['displayName']);
  assert.deepEqual(await outgoingServers.list(), []);
  const { id } = await add({ host: 'mail.contoso.com' });
  assert.deepEqual(await wrong(add({ host: 'mail.contoso.com' })), ['name']);
  await assert.rejects(outgoingServers.get('ogs_gone'), { code: 'not-found' });
  await assert.rejects(outgoingServers.update('ogs_gone', {}), { code: 'not-found' });
  assert.equal((await outgoingServers.get(id)).host, 'mail.contoso.com');
});

test('a profile that mail is sent with, and a server that notifications go through, cannot be removed', async (t) => {
  const { administration, profiles, add } = await open(t);
  const server = await add({ profileId: profiles.smtp.id });
  await assert.rejects(administration.profiles.remove(profiles.smtp.id), { code: 'profile.in-use' });
  await administration.notifications.update('notifications', {
    outgoingServerId: server.id,
    addresses: ['admin@contoso.com'],
  });
  await assert.rejects(administration.outgoingServers.remove(server.id), {
    code: 'outgoing-server.in-use',
    detail: 'Out is used by the notifications',
  });
  await administration.notifications.update('notifications', { outgoingServerId: null, addresses: [] });
  await administration.outgoingServers.remove(server.id);
  await administration.profiles.remove(profiles.smtp.id);
});
