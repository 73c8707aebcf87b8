import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { mails } from '../sources/dovecot-world.ts';
import { type GraphWorld, startGraphWorld } from '../sources/graph-world.ts';
import { createHttpsReceiver } from './https-receiver.ts';

/** Requests as Graph's documentation has them, and such as Graph refuses: the stand-in must be no more lenient. */
const address = 'refusals@example.com';
let world: GraphWorld;
let token: string;
before(async () => {
  world = await startGraphWorld();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), world.certificates.caPem]);
  token = await world.tokenFor();
  await world.graph.fill(address, mails(3));
});
after(() => world.stop());

async function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
) {
  const response = await fetch(`${world.graph.origin}/v1.0${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && json), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  return { status: response.status, headers: response.headers, answer, code: answer.error?.code };
}

const json = { 'content-type': 'application/json' };
const messages = (query: string) => `/users/${address}/messages?${new URLSearchParams(query)}`;

test('queries that Graph refuses are refused', async () => {
  const instant = '2026-01-01T00:00:00Z';
  const good = [
    `$filter=receivedDateTime ge ${instant}&$top=1000`,
    `$filter=receivedDateTime ge ${instant} and isRead eq false&$orderby=receivedDateTime desc`,
    '$orderby=receivedDateTime asc&$select=subject',
  ];
  for (const query of good) assert.equal((await ask(messages(query))).status, 200, query);
  const bad: [query: string, code: string][] = [
    [`$filter=receivedDateTime ge '${instant}'`, 'BadRequest'],
    ['$filter=receivedDateTime ge 2026-01-01', 'ErrorInvalidUrlQuery'],
    ['$filter=receivedDateTime ge yesterday', 'ErrorInvalidUrlQuery'],
    ['$top=1001', 'invalidRequest'],
    ['$top=0', 'invalidRequest'],
    ['$top=ten', 'invalidRequest'],
    ['$filter=isRead eq false&$orderby=receivedDateTime desc', 'InefficientFilter'],
    [
      `$filter=isRead eq false and receivedDateTime ge ${instant}&$orderby=receivedDateTime`,
      'InefficientFilter',
    ],
    ['$orderby=nonsense', 'invalidRequest'],
    ['$select=nonsense', 'RequestBroker--ParseUri'],
  ];
  for (const [query, code] of bad) {
    const answered = await ask(messages(query));
    assert.deepEqual([answered.status, answered.code], [400, code], query);
  }
  const delta = `/users/${address}/mailFolders/inbox/messages/delta?`;
  const quoted = new URLSearchParams(`$filter=receivedDateTime ge '${instant}'`);
  assert.equal((await ask(delta + quoted)).status, 400);
});

test('what is no id is told apart from an id of nothing', async () => {
  const unknown = `AAkALgAA${'x'.repeat(110)}=`;
  for (const [path, status, code] of [
    [`/users/${address}/messages/nonsense`, 400, 'ErrorInvalidIdMalformed'],
    [`/users/${address}/messages/nonsense/$value`, 400, 'ErrorInvalidIdMalformed'],
    [`/users/${address}/messages/${unknown}`, 404, 'ErrorItemNotFound'],
    [`/users/${address}/mailFolders/nonsense/messages`, 400, 'ErrorInvalidIdMalformed'],
    [`/users/${address}/mailFolders/outbox`, 404, 'ErrorItemNotFound'],
  ] as const) {
    const answered = await ask(path);
    assert.deepEqual([answered.status, answered.code], [status, code], path);
  }
});

test('a delta token that is none is told apart from one that is forgotten; an empty one begins anew', async () => {
  const delta = `/users/${address}/mailFolders/inbox/messages/delta`;
  assert.deepEqual((await ask(`${delta}?$deltatoken=nonsense`)).status, 400);
  const { status, code, headers } = await ask(`${delta}?$deltatoken=${'x'.repeat(64)}`);
  assert.deepEqual([status, code], [410, 'SyncStateNotFound']);
  const anew = new URL(headers.get('location') ?? '');
  assert.equal((await ask(anew.pathname.replace('/v1.0', '') + anew.search)).answer.value.length, 3);
});

test('a change needs JSON that is called so, and the version that is there', async () => {
  const path = `/users/${address}/messages/${world.graph.mailbox(address).messages()[0]?.immutableId}`;
  const patch = (headers: Record<string, string>) =>
    ask(path, { method: 'PATCH', headers, body: '{"isRead":true}' });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', ''])
    assert.deepEqual((await patch({ 'content-type': type })).code, 'RequestBodyRead', type);
  const { answer } = await ask(path);
  const etag: string = answer['@odata.etag'];
  assert.equal((await patch({ 'if-match': etag })).status, 200);
  const stale = await patch({ 'if-match': etag });
  assert.deepEqual([stale.status, stale.code], [412, 'ErrorIrresolvableConflict']);
  assert.equal((await ask(path, { method: 'DELETE', headers: { 'if-match': etag } })).status, 412);
  assert.equal((await patch({ 'if-match': '*' })).status, 200);
});

test('every answer names its request, and which preferences were followed', async () => {
  const prefer = 'IdType="ImmutableId", odata.maxpagesize=2';
  const good = await ask(messages(''), { headers: { prefer, 'client-request-id': 'mine' } });
  assert.equal(good.headers.get('preference-applied'), 'IdType="ImmutableId",odata.maxpagesize=2');
  assert.match(good.headers.get('request-id') ?? '', /^[\da-f-]{36}$/);
  assert.equal(good.headers.get('client-request-id'), 'mine');
  assert.match(good.headers.get('content-type') ?? '', /^application\/json;/);
  assert.equal((await ask(messages(''))).headers.get('preference-applied'), null);
  const bad = await ask(messages('$top=1001'));
  assert.equal(bad.answer.error.innerError['request-id'], bad.headers.get('request-id'));
});

test('an application has one subscription for the same resource and changes', async (t) => {
  const receiver = await createHttpsReceiver(t, world.certificates);
  const subscribe = (more: object = {}) =>
    ask('/subscriptions', {
      method: 'POST',
      body: {
        changeType: 'created',
        notificationUrl: `${receiver.url}/changes`,
        resource: `/users/${address}/mailFolders('inbox')/messages`,
        expirationDateTime: new Date(Date.now() + 3_600_000).toISOString(),
        ...more,
      },
    });
  const { status, answer } = await subscribe();
  assert.equal(status, 201);
  const again = await subscribe({ notificationUrl: `${receiver.url}/elsewhere` });
  assert.equal(again.status, 409);
  assert.match(again.answer.error.message, new RegExp(`^Subscription Id ${answer.id} already exists`));
  assert.equal((await subscribe({ changeType: 'updated' })).status, 201);
  await ask(`/subscriptions/${answer.id}`, { method: 'DELETE' });
  assert.equal((await subscribe()).status, 201);
});
