import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtIn, resourcesOf } from '../../src/adapters.ts';
import { hiddenValue } from '../../src/resources/field.ts';
import { fieldsOf, type Json } from '../../src/resources/resource.ts';
import { furnish, startWorld } from '../api/world.ts';

test('what is shown of a record is taken as a change of it, and changes nothing', async (t) => {
  const world = await startWorld(t);
  const { call } = world;
  const { profile } = await furnish(world);
  const add = async (path: string, input: object) => {
    const { status, json, text } = await call('POST', `/api/${path}`, input);
    assert.equal(status, 201, text);
    return { path, id: json.id as string };
  };
  const password = { provider: 'custom', authentication: 'password', password: 'hush' };
  const all = [
    { path: 'profiles', id: profile.id as string },
    await add('profiles', { name: 'By password', ...password, uses: ['imap', 'smtp'] }),
    await add('profiles', {
      name: 'Graph',
      provider: 'microsoft',
      tenant: 'contoso.com',
      clientId: '11111111-2222-3333-4444-555555555555',
      clientSecret: 'hush',
      uses: ['graph', 'graph-send'],
    }),
  ];
  const [, byPassword, graph] = all;
  const out = await add('outgoing-servers', {
    name: 'Out',
    address: 'a@contoso.com',
    kind: 'graph',
    profileId: graph?.id,
  });
  const mailbox = {
    address: 'b@contoso.com',
    host: 'mail.contoso.com',
    paused: true,
    profileId: byPassword?.id,
  };
  const acknowledgement = { outgoingServerId: out.id, text: 'Thanks.' };
  all.push(
    out,
    await add('servers', { ...mailbox, name: 'Help', startFrom: 'everything', acknowledgement }),
    await add('servers', {
      name: 'Orders',
      address: 'c@contoso.com',
      protocol: 'graph',
      profileId: graph?.id,
      paused: true,
    }),
    await add('destinations', { name: 'Hook', url: 'https://hook.example/' }),
  );
  const resources = Object.values(resourcesOf(builtIn));
  for (const { path, id } of all) {
    const { json: shown } = await call('GET', `/api/${path}/${id}`);
    const resource = resources.find((one) => one.path === path);
    assert.ok(resource);
    const names = Object.entries(fieldsOf(resource)).filter(([, { role }]) => role === 'stored');
    const input = Object.fromEntries(
      names.filter(([name]) => name in shown).map(([name]) => [name, shown[name]]),
    );
    const { status, text, json } = await call('PATCH', `/api/${path}/${id}`, input);
    assert.equal(status, 200, `${path} ${text}`);
    const same = (record: Json) => names.map(([name]) => [name, record[name]]);
    assert.deepEqual(same(json), same(shown));
  }
});

test('a profile comes from OAuth 2.0 to a password, with what is hidden then said as nothing', async (t) => {
  const world = await startWorld(t);
  const { profile } = await furnish(world);
  const { status, json, text } = await world.call('PATCH', `/api/profiles/${profile.id}`, {
    authentication: 'password',
    password: 'hush',
    clientId: '',
    authorizationUrl: null,
    tokenUrl: null,
  });
  assert.equal(status, 200, text);
  assert.deepEqual([json.authentication, json.clientId], ['password', '']);
});

test('what a field is while it is hidden is never refused', async (t) => {
  const { call } = await startWorld(t);
  const { profiles } = resourcesOf(builtIn);
  const hidden = Object.entries(fieldsOf(profiles)).filter(
    ([, { role, when }]) => role === 'stored' && when?.authentication?.includes('oauth2'),
  );
  assert.ok(hidden.length > 5);
  const { status, text } = await call('POST', '/api/profiles', {
    name: 'By password',
    provider: 'custom',
    authentication: 'password',
    password: 'hush',
    uses: ['imap'],
    ...Object.fromEntries(hidden.map(([name, field]) => [name, hiddenValue(field)])),
  });
  assert.equal(status, 201, text);
});

test('input is taken as what it is: no number out of other types, no unknown field, one line where one is asked', async (t) => {
  const world = await startWorld(t);
  const { server } = await furnish(world);
  const path = `/api/servers/${server.id}`;
  for (const [input, field] of [
    [{ port: true }, 'port'],
    [{ port: ['993'] }, 'port'],
    [{ port: '0x3e1' }, 'port'],
    [{ afterIntake: { action: 'delete', afterDays: [] } }, 'afterIntake.afterDays'],
    [{ afterIntake: { action: 'delete', afterDays: null } }, 'afterIntake.afterDays'],
    [JSON.parse('{"__proto__": {"port": 1}}'), '__proto__'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'a\ud800' }, 'name'],
    [{ username: 'a\r\nb' }, 'username'],
    [{ address: 'a\u0000b@contoso.com' }, 'address'],
  ]) {
    const { status, json, text } = await world.call('PATCH', path, input);
    assert.deepEqual([status, json.fields?.[0]?.field], [422, field], text);
  }
  assert.equal((await world.call('PATCH', path, { port: '1993' })).json.port, 1993);
  const profile = {
    name: 'x',
    provider: 'custom',
    clientId: 'x',
    clientSecret: 'x',
    issuer: 'https://a:hush@x/',
  };
  assert.doesNotMatch((await world.call('POST', '/api/profiles', profile)).text, /hush/);
});

test('port and host stay where they were chosen, and follow protocol and profile where they were not', async (t) => {
  const world = await startWorld(t);
  const { call } = world;
  const { server } = await furnish(world);
  const change = async (id: string, input: object) => {
    const { status, json, text } = await call('PATCH', `/api/servers/${id}`, input);
    assert.equal(status, 200, text);
    return `${json.host}:${json.port} ${json.security}`;
  };
  await change(server.id, { port: 1993, security: 'starttls' });
  assert.equal(
    await change(server.id, { security: 'starttls', protocol: 'imap' }),
    '127.0.0.1:1993 starttls',
  );
  const { id: profileId } = (
    await call('POST', '/api/profiles', {
      name: 'Both',
      provider: 'microsoft',
      tenant: 'contoso.com',
      clientId: '11111111-2222-3333-4444-555555555555',
      clientSecret: 'hush',
      uses: ['graph', 'imap'],
    })
  ).json;
  const mailbox = { name: 'Orders', address: 'c@contoso.com', protocol: 'graph', profileId, paused: true };
  const { id } = (await call('POST', '/api/servers', mailbox)).json;
  assert.equal(
    await change(id, { protocol: 'imap', security: 'starttls' }),
    'outlook.office365.com:143 starttls',
  );
  assert.equal(await change(id, { protocol: 'graph' }), 'graph.microsoft.com:443 tls');
});
