import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/telemetry/log.ts';
import { startDiscovering } from '../discovery/world.ts';
import { profileInput, startWorld } from './world.ts';

const tenantId = '11111111-2222-3333-4444-555555555555';
const { internet: lab } = await startDiscovering({
  records: [
    'contoso.example. MX 0 contoso-example.mail.protection.outlook.com.',
    '_imaps._tcp.own.example. SRV 0 0 993 mail.own.example.',
  ],
  tenants: { 'contoso.example': { id: tenantId } },
  sites: { 'autoconfig.silent.example': () => {} },
});
const internet = { nameServers: lab.nameServers, httpsPort: lab.httpsPort, patienceMs: 2_000 };
const settings = { discovery: { allowPrivateAddresses: ['127.0.0.1/32'] } };
const log = createLog('silent');

// biome-ignore lint/suspicious/noExplicitAny: it is JSON
const found = (json: any, type: string, field: string) =>
  json.settings[type].find((one: { field: string }) => one.field === field)?.value;

test('settings are found by an address, in the form that the API describes', async (t) => {
  const { call } = await startWorld(t, undefined, log, { internet, settings });
  const { status, json } = await call('GET', '/api/discovery?address=support%2Btag%40contoso.example');
  assert.equal(status, 200);
  assert.equal(json.address, 'support+tag@contoso.example');
  assert.equal(found(json, 'profile', 'tenant'), tenantId);
  assert.equal(found(json, 'server', 'host'), 'outlook.office365.com');
  const graph = await call('GET', '/api/discovery?address=support%40contoso.example&protocol=graph');
  assert.equal(found(graph.json, 'server', 'host'), 'graph.microsoft.com');
  const nothing = await call('GET', '/api/discovery?address=a%40nowhere.example');
  assert.deepEqual([nothing.status, nothing.json.servers], [200, []]);
});

test('what is found can be saved as it is', async (t) => {
  const { call } = await startWorld(t, undefined, log, { internet, settings });
  const { json } = await call('GET', '/api/discovery?address=support%40contoso.example');
  const all = (type: string) =>
    Object.fromEntries(
      json.settings[type].map(({ field, value }: { field: string; value: unknown }) => [field, value]),
    );
  const profile = await call('POST', '/api/profiles', {
    ...all('profile'),
    name: 'Contoso',
    clientId: tenantId,
    clientSecret: 'hush~hush',
  });
  assert.equal(profile.status, 201, profile.text);
  const again = await call('GET', '/api/discovery?address=support%40contoso.example');
  assert.equal(found(again.json, 'server', 'profileId'), profile.json.id, 'the one profile that fits');
  const server = await call('POST', '/api/servers', {
    ...all('server'),
    name: 'Support',
    address: 'support@contoso.example',
    profileId: profile.json.id,
    paused: true,
  });
  assert.equal(server.status, 201, server.text);
});

test('a profile is named only where it is the one for the mailbox', async (t) => {
  const { call } = await startWorld(t, undefined, log, { internet, settings });
  const named = async (address: string) =>
    found((await call('GET', `/api/discovery?address=${address}`)).json, 'server', 'profileId');
  await call('POST', '/api/profiles', profileInput);
  const ofTenant = (tenant: string) =>
    call('POST', '/api/profiles', {
      ...{ name: tenant, provider: 'microsoft', tenant, clientId: tenantId, clientSecret: 'hush~hush' },
    });
  await ofTenant('fabrikam.example');
  assert.equal(await named('a@contoso.example'), undefined, 'that is of another tenant');
  const { json } = await ofTenant('Contoso.example');
  assert.equal(await named('a@contoso.example'), json.id, 'a domain names its tenant too');
  assert.equal(await named('a@own.example'), undefined);
  await ofTenant(tenantId);
  assert.equal(await named('a@contoso.example'), undefined, 'of two a person chooses');
});

test('wrong questions are refused by field', async (t) => {
  const { call } = await startWorld(t, undefined, log, { internet, settings });
  for (const [query, field] of [
    ['address=nobody', 'address'],
    ['address=a%40localhost', 'address'],
    ['address=a%40contoso.example&protocol=gopher', 'protocol'],
    ['', 'address'],
    ['address=a%40contoso.example&more=1', 'more'],
  ]) {
    const { status, json } = await call('GET', `/api/discovery?${query}`);
    assert.deepEqual(
      [status, json.fields?.map((one: { field: string }) => one.field)],
      [422, [field]],
      query,
    );
  }
});

test('more searches at once than a few are told to wait', async (t) => {
  const { call } = await startWorld(t, undefined, log, { internet, settings });
  const asked = await Promise.all(
    Array.from({ length: 6 }, () => call('GET', '/api/discovery?address=a%40silent.example')),
  );
  const statuses = asked.map(({ status }) => status).toSorted();
  assert.deepEqual(statuses, [200, 200, 200, 200, 503, 503]);
  assert.equal((await call('GET', '/api/discovery?address=a%40contoso.example')).status, 200);
});

test('where the configuration does not want it, nothing is asked', async (t) => {
  const { call, fetch } = await startWorld(t, undefined, log, {
    internet,
    settings: { discovery: { enabled: false } },
  });
  lab.requests.length = 0;
  const { status, json } = await call('GET', '/api/discovery?address=a%40contoso.example');
  assert.deepEqual([status, json.code], [409, 'discovery.off']);
  assert.deepEqual(lab.requests, []);
  assert.equal((await fetch('/api/discovery?address=a%40contoso.example')).status, 401);
});
