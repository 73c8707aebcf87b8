import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromPage, furnish, profileInput, startWorld, type World } from './world.ts';

/** Everything that an administrator can see, to find that nothing was changed. */
async function everything({ call }: World): Promise<unknown> {
  const paths = ['overview', 'profiles', 'servers', 'destinations', 'messages', 'deliveries', 'quarantine'];
  return Promise.all(paths.map(async (path) => (await call('GET', `/api/${path}`)).json));
}

const tickets = { name: 'Tickets', url: 'https://tickets.contoso.example/mail' };

test('what is added is answered with 201, shown alone and in the list, changed field by field, and removed', async (t) => {
  const world = await startWorld(t);
  const { call } = world;
  const { profile } = await furnish(world);
  const sales = {
    name: 'Sales',
    address: 'sales@x.example',
    host: 'mail.x.example',
    profileId: profile.id,
    paused: true,
  };
  for (const [path, input, change] of [
    ['/api/profiles', { ...profileInput, name: 'Fabrikam' }, { name: 'Fabrikam 2' }],
    ['/api/servers', sales, { port: 1993 }],
    ['/api/destinations', tickets, { enabled: false }],
  ] as const) {
    const made = await call('POST', path, input);
    assert.equal(made.status, 201, made.text);
    const one = `${path}/${made.json.id}`;
    const shown = (await call('GET', one)).json;
    assert.equal(shown.name, input.name);
    const listed = (await call('GET', path)).json;
    assert.deepEqual(
      listed.find(({ id }: { id: string }) => id === shown.id),
      shown,
    );

    assert.equal((await call('PATCH', one, change)).status, 200);
    const { json: changed } = await call('GET', one);
    // A paused server's state is told anew after each change.
    const sameMoment = { updatedAt: changed.updatedAt, state: changed.state, version: shown.version + 1 };
    assert.deepEqual({ ...changed, ...sameMoment }, { ...shown, ...change, ...sameMoment });

    assert.deepEqual([(await call('DELETE', one)).status, (await call('DELETE', one)).status], [204, 404]);
    assert.equal((await call('GET', one)).status, 404);
  }
});

test('each wrong field is named with what is expected and what was given, and nothing is changed', async (t) => {
  const world = await startWorld(t);
  const { call } = world;
  const { profile, server } = await furnish(world);
  const before = await everything(world);
  for (const [method, path, input, fields] of [
    ['POST', '/api/profiles', {}, ['name', 'clientId', 'clientSecret', 'tenant']],
    ['POST', '/api/profiles', profileInput, ['name']],
    ['POST', '/api/profiles', { ...profileInput, name: 'x', tokenUrl: 'http://x' }, ['tokenUrl']],
    ['POST', '/api/profiles', { ...profileInput, name: 'x', clientsecret: 'hush' }, ['clientsecret']],
    ['PATCH', `/api/profiles/${profile.id}`, { clientSecret: 'hush\nhush' }, ['clientSecret']],
    ['POST', '/api/servers', { address: 'x', port: 0 }, ['name', 'address', 'profileId', 'port']],
    ['PATCH', `/api/servers/${server.id}`, { afterIntake: { action: 'move' } }, ['afterIntake.folder']],
    ['PATCH', `/api/servers/${server.id}`, { folders: [], host: 'https://x' }, ['host', 'folders']],
    ['PATCH', `/api/servers/${server.id}`, { profileId: 'prf_x' }, ['profileId']],
    ['POST', '/api/destinations', { name: '', url: 'ftp://x' }, ['name', 'url']],
    ['POST', '/api/destinations', { ...tickets, url: 'http://127.0.0.1/' }, ['url']],
    ['POST', '/api/destinations', { ...tickets, servers: ['srv_x'] }, ['servers']],
  ] as const) {
    const { status, json, text } = await call(method, path, input);
    assert.equal(status, 422, text);
    assert.equal(json.code, 'input.invalid');
    assert.deepEqual(
      json.fields.map(({ field }: { field: string }) => field),
      fields,
    );
    assert.ok(json.fields.every(({ expected }: { expected: string }) => expected));
    assert.doesNotMatch(text, /hush/);
  }
  assert.deepEqual(await everything(world), before);
});

test('an id that nothing has is not found, whatever is asked of it', async (t) => {
  const { call } = await startWorld(t);
  for (const [method, path] of [
    ['GET', 'profiles/x'],
    ['PATCH', 'profiles/x'],
    ['POST', 'profiles/x/connect'],
    ['GET', 'profiles/x/consent'],
    ['GET', 'servers/x'],
    ['PATCH', 'servers/x'],
    ['POST', 'servers/x/pause'],
    ['POST', 'servers/x/resume'],
    ['POST', 'servers/x/examine'],
    ['POST', 'servers/x/sync'],
    ['PATCH', 'destinations/x'],
    ['POST', 'destinations/x/rotate-secret'],
    ['POST', 'destinations/x/switch-on'],
    ['GET', 'messages/x'],
    ['GET', 'messages/x/raw'],
    ['GET', 'messages/x/attachments/0'],
    ['GET', 'deliveries/x'],
    ['POST', 'quarantine/x/process'],
    ['POST', 'quarantine/x/dismiss'],
  ] as const) {
    const { status, json } = await call(method, `/api/${path}`, method === 'GET' ? undefined : {});
    assert.deepEqual([status, json.code], [404, 'not-found'], path);
    assert.ok(json.remedy, path);
  }
});

test('no secret comes out again, but for a destination’s new signing secret, once', async (t) => {
  const world = await startWorld(t);
  const { call } = world;
  await furnish(world);
  const made = (await call('POST', '/api/destinations', tickets)).json;
  assert.match(made.signingSecret, /^whsec_/);
  const rotated = (await call('POST', `/api/destinations/${made.id}/rotate-secret`)).json;
  assert.match(rotated.signingSecret, /^whsec_/);
  assert.notEqual(rotated.signingSecret, made.signingSecret);
  assert.doesNotMatch(JSON.stringify(await everything(world)), /hush|whsec_|clientSecret"|signingSecret/);
});

test('a change or removal by one who saw a former version is refused, with what changed since', async (t) => {
  const world = await startWorld(t);
  const { call, fetch, cookie } = world;
  const { server } = await furnish(world);
  const path = `/api/servers/${server.id}`;
  const seen = String((await call('GET', path)).headers.etag);
  assert.equal(seen, '"1"');
  assert.equal((await call('PATCH', path, { port: 1993 })).headers.etag, '"2"');

  const conditional = (method: string, etag: string, body?: unknown) =>
    fetch(path, {
      method,
      headers: { ...fromPage, cookie, 'content-type': 'application/json', 'if-match': etag },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const refused = await conditional('PATCH', seen, { port: 2993 });
  assert.deepEqual([refused.status, refused.json.code], [412, 'record.changed']);
  assert.deepEqual(
    refused.json.fields.map(({ field }: { field: string }) => field),
    ['port'],
  );
  assert.match(refused.text, /1993/);
  assert.equal((await conditional('DELETE', seen)).status, 412);
  assert.equal((await call('GET', path)).json.port, 1993);

  assert.equal((await conditional('PATCH', 'W/"2"', { port: 2993 })).status, 422);
  assert.equal((await conditional('PATCH', '*', { port: 2993 })).headers.etag, '"3"');
  assert.equal((await call('PATCH', path, { port: null })).json.port, 993);
  assert.equal((await conditional('DELETE', '"4"')).status, 204);
});

test('messages may be kept only where they may outlive what is removed', async (t) => {
  const world = await startWorld(t);
  const { profile, server } = await furnish(world);
  const refused = await world.call('DELETE', `/api/profiles/${profile.id}?keepMessages=true`);
  assert.deepEqual([refused.status, refused.json.fields[0].field], [422, 'keepMessages']);
  assert.equal((await world.call('DELETE', `/api/servers/${server.id}?keepMessages=true`)).status, 204);
});

test('a profile that a server uses stays, and the answer says which server that is', async (t) => {
  const world = await startWorld(t);
  const { profile } = await furnish(world);
  const { status, json } = await world.call('DELETE', `/api/profiles/${profile.id}`);
  assert.deepEqual([status, json.code], [409, 'profile.in-use']);
  assert.match(json.detail, /Support/);
  assert.equal((await world.call('GET', `/api/profiles/${profile.id}`)).status, 200);
});

test('a server is paused and resumed, and its state says so at once', async (t) => {
  const world = await startWorld(t);
  const { server } = await furnish(world);
  const state = async () => (await world.call('GET', `/api/servers/${server.id}`)).json.state.condition;
  assert.equal(await state(), 'paused');
  assert.equal((await world.call('POST', `/api/servers/${server.id}/resume`)).status, 204);
  assert.notEqual(await state(), 'paused');
  assert.equal((await world.call('POST', `/api/servers/${server.id}/pause`)).status, 204);
  assert.equal(await state(), 'paused');
});

test('the overview says how everything stands and what needs a person', async (t) => {
  const world = await startWorld(t);
  const { profile, server } = await furnish(world);
  const { notices, servers, deliveries } = (await world.call('GET', '/api/overview')).json;
  assert.deepEqual(
    notices.map(({ link }: { link: string }) => link),
    [`/profiles/${profile.id}`],
  );
  assert.deepEqual(servers, [(await world.call('GET', `/api/servers/${server.id}`)).json]);
  assert.deepEqual(deliveries, { pending: 0, delivered: 0, dead: 0 });
});
