import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromPage, furnish, type Reply, startWorld } from './world.ts';

const json = { 'content-type': 'application/json' };

function assertProblem(reply: Reply, status: number, code: string): void {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.headers['content-type'], 'application/problem+json');
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.equal(reply.json.status, status);
  assert.equal(reply.json.code, code);
  assert.equal(reply.json.type, `urn:letterbox:problem:${code}`);
  assert.ok(reply.json.title);
}

/** Every operation that the API has, with something for each parameter. */
function operations({ paths }: { paths: Record<string, Record<string, { security?: [] }>> }) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{\w+\}/g, 'x'),
      open: security?.length === 0,
    })),
  );
}

test('without a session in force the API answers nothing but what is open to all', async (t) => {
  const { fetch, session, administration } = await startWorld(t);
  const ended = { cookie: `__Host-letterbox=${session}` };
  await administration.signIn.signOut(session);
  const guarded = operations((await fetch('/api/openapi.json')).json).filter(({ open }) => !open);
  assert.ok(guarded.length > 20);
  for (const { method, path } of guarded)
    for (const cookie of [{}, ended, { cookie: '__Host-letterbox=guessed' }])
      assertProblem(
        await fetch(path, { method, headers: { ...fromPage, ...cookie } }),
        401,
        'session.missing',
      );
});

test('another site can make a browser neither read nor change anything', async (t) => {
  const { fetch, cookie, call, url } = await startWorld(t);
  const elsewhere: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: url },
  ];
  for (const headers of elsewhere)
    assertProblem(await fetch('/api/servers', { headers: { cookie, ...headers } }), 401, 'session.missing');
  const body = JSON.stringify({ name: 'Evil', url: 'https://evil.example' });
  for (const headers of [
    ...elsewhere,
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'none' },
  ])
    assertProblem(
      await fetch('/api/destinations', { method: 'POST', headers: { ...json, cookie, ...headers }, body }),
      401,
      'session.missing',
    );
  assert.deepEqual((await call('GET', '/api/destinations')).json, []);
});

test('the person’s own address line may read; a browser without Fetch Metadata tells its page by Origin', async (t) => {
  const { fetch, cookie, url } = await startWorld(t);
  for (const headers of [{}, { 'sec-fetch-site': 'none' }, fromPage])
    assert.equal((await fetch('/api/servers', { headers: { cookie, ...headers } })).status, 200);
  const input = { name: 'Tickets', url: 'https://tickets.contoso.example' };
  const { status } = await fetch('/api/destinations', {
    method: 'POST',
    headers: { ...json, cookie, origin: url },
    body: JSON.stringify(input),
  });
  assert.equal(status, 201);
});

test('an address that takes other methods only names them; one that is unknown points to the document', async (t) => {
  const world = await startWorld(t);
  for (const [method, path, allow] of [
    ['PUT', '/api/servers', 'GET, HEAD, POST'],
    ['OPTIONS', '/api/servers/x', 'GET, HEAD, PATCH, DELETE'],
    ['GET', '/api/servers/x/sync', 'POST'],
    ['POST', '/api/openapi.json', 'GET, HEAD'],
    ['DELETE', '/schemas/message.json', 'GET, HEAD'],
    ['POST', '/download/x/raw', 'GET, HEAD'],
  ] as const) {
    const reply = await world.call(method, path);
    assertProblem(reply, 405, 'request.method');
    assert.equal(reply.headers.allow, allow, path);
  }
  for (const path of [
    '/api',
    '/api/',
    '/api/servers/',
    '/api/nothing',
    '/api//servers',
    '/api/servers/x/y',
  ]) {
    const reply = await world.call('GET', path);
    assertProblem(reply, 404, 'not-found');
    assert.match(reply.json.remedy, /openapi\.json/);
  }
});

test('HEAD is answered as GET, without the body', async (t) => {
  const { call } = await startWorld(t);
  const reply = await call('HEAD', '/api/servers');
  assert.deepEqual([reply.status, reply.text], [200, '']);
  assert.match(String(reply.headers['content-type']), /^application\/json/);
});

test('a body is JSON and called so, or it is not read; where none is needed, none need be sent', async (t) => {
  const world = await startWorld(t);
  const { fetch, cookie, call } = world;
  const { server } = await furnish(world);
  const post = (path: string, type: string | null, body: string) => {
    const headers = { ...fromPage, cookie, ...(type !== null && { 'content-type': type }) };
    return fetch(path, { method: 'POST', headers, body });
  };
  const input = JSON.stringify({ name: 'Tickets', url: 'https://tickets.contoso.example' });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', null])
    assertProblem(await post('/api/destinations', type, input), 415, 'request.media-type');
  for (const broken of ['{"name": "Tickets"', 'name=Tickets', '\u0000']) {
    const reply = await post('/api/destinations', 'application/json', broken);
    assertProblem(reply, 422, 'input.invalid');
    assert.deepEqual(reply.json.fields, [{ field: 'body', expected: 'JSON (RFC 8259)' }]);
  }
  for (const value of ['null', '[]', '"text"', '5'])
    assertProblem(await post('/api/destinations', 'application/json', value), 422, 'input.invalid');
  assert.deepEqual((await call('GET', '/api/destinations')).json, []);
  const made = await post('/api/destinations', 'Application/JSON; charset=utf-8', input);
  assert.equal(made.status, 201);

  const resume = `/api/servers/${server.id}/pause`;
  assert.equal((await post(resume, null, '')).status, 204);
  assert.equal((await post(resume, 'application/json', '{}')).status, 204);
  assertProblem(await post(resume, 'application/json', '{"now": true}'), 422, 'input.invalid');
});

test('a request larger than 1 MiB is refused', async (t) => {
  const { call } = await startWorld(t);
  const reply = await call('POST', '/api/destinations', { name: 'x'.repeat(1024 * 1024) });
  assertProblem(reply, 413, 'request.too-large');
});

test('what stands behind the question mark is known, or refused by name', async (t) => {
  const { call } = await startWorld(t);
  for (const [path, field, expected] of [
    ['/api/servers?limit=5', 'limit', 'nothing, as there is no such field'],
    ['/api/messages?server=x', 'server', 'nothing, as there is no such field'],
    ['/api/messages?limit=0', 'limit', 'at least 1'],
    ['/api/messages?limit=501', 'limit', 'at most 500'],
    ['/api/messages?limit=1.5', 'limit', 'a whole number'],
    ['/api/messages?limit=all', 'limit', 'a number'],
    ['/api/messages?before=yesterday', 'before', 'the "next" of the page before'],
    ['/api/messages?serverId=', 'serverId', 'a value'],
    ['/api/deliveries?state=lost', 'state', 'one of pending, delivered, dead'],
  ] as const) {
    const reply = await call('GET', path);
    assertProblem(reply, 422, 'input.invalid');
    assert.deepEqual(
      reply.json.fields.map((wrong: { field: string; expected: string }) => [wrong.field, wrong.expected]),
      [[field, expected]],
    );
  }
});
