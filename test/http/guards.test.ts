import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Hono } from 'hono';
import { freePorts } from '../../lab/ports.ts';
import { createApp } from '../../src/http/app.ts';
import { createCsrf, protectByOrigin } from '../../src/http/csrf.ts';
import { createHealth } from '../../src/http/health.ts';
import { serveMetrics } from '../../src/http/metrics.ts';
import { clearSession, requireSession, type SessionEnv, writeSession } from '../../src/http/session.ts';
import { form, serve, signing, silent } from './fixtures.ts';

const csrf = createCsrf(signing);

function guarded() {
  const part = new Hono<SessionEnv>();
  part.get('/sign-in', (c) => {
    writeSession(c, 'alice');
    return c.text('in');
  });
  part.get('/sign-out', (c) => {
    clearSession(c);
    return c.text('out');
  });
  part.post('/before', protectByOrigin, (c) => c.text('done'));
  const inside = new Hono<SessionEnv>();
  inside.use(
    requireSession(
      async (session) => session === 'alice',
      (c) => c.text('who are you?', 401),
    ),
  );
  inside.use(csrf.protect);
  inside.get('/inside', (c) => c.text(c.get('session')));
  inside.post('/change', (c) => c.text('changed'));
  return createApp({ apps: [new Hono().route('/', part.route('/', inside))], log: silent });
}

test('the session cookie is for this host alone, over HTTPS alone, and out of scripts’ reach', async (t) => {
  const { fetch } = await serve(t, guarded());
  assert.deepEqual((await fetch('/sign-in')).headers['set-cookie'], [
    '__Host-letterbox=alice; Path=/; HttpOnly; Secure; SameSite=Lax',
  ]);
  assert.match(
    (await fetch('/sign-out')).headers['set-cookie']?.[0] ?? '',
    /^__Host-letterbox=; Max-Age=0; Path=\/; Secure/,
  );
  const inside = (cookie: string) => fetch('/inside', { headers: { cookie } });
  assert.equal((await inside('__Host-letterbox=alice')).text, 'alice');
  for (const cookie of ['__Host-letterbox=mallory', 'letterbox=alice', ''])
    assert.equal((await inside(cookie)).status, 401);
});

test('a form is taken only from our own pages and with the token of its session', async (t) => {
  const { fetch, origin } = await serve(t, guarded());
  const cookie = '__Host-letterbox=alice';
  const own = { 'sec-fetch-site': 'same-origin' };
  const change = (headers: Record<string, string>, body: string) =>
    fetch('/change', { method: 'POST', headers: { ...form, cookie, ...headers }, body });
  const good = `csrf=${csrf.token('alice')}`;

  assert.equal((await change(own, good)).text, 'changed');
  assert.equal((await change({ origin }, good)).text, 'changed');
  for (const [headers, body] of [
    [own, ''],
    [own, 'csrf=guessed'],
    [own, `csrf=${csrf.token('mallory')}`],
    [{}, good],
    [{ 'sec-fetch-site': 'same-site', origin }, good],
    [{ 'sec-fetch-site': 'cross-site' }, good],
    [{ origin: 'https://evil.example' }, good],
    [{ origin: 'null' }, good],
  ] as const) {
    const { status, text } = await change(headers, body);
    assert.equal(status, 403, JSON.stringify([headers, body]));
    assert.equal(JSON.parse(text).code, 'request.forged');
  }
});

test('before there is a session, a form is taken only from our own pages', async (t) => {
  const { fetch, origin } = await serve(t, guarded());
  const post = (headers: Record<string, string>) =>
    fetch('/before', { method: 'POST', headers: { ...form, ...headers } });
  assert.equal((await post({ 'sec-fetch-site': 'same-origin' })).status, 200);
  assert.equal((await post({ origin })).status, 200);
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await post({})).status, 403);
});

const metrics = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'letterbox_up 1\n' });

test('health is open to all; metrics to sessions only, from this machine and through its proxies too', async (t) => {
  let reason: string | null = 'The disk is full';
  const verifySession = async (session: string) => session === 'alice';
  const health = createHealth({ notReady: () => reason, metrics, verifySession });
  const { fetch } = await serve(t, createApp({ apps: [health], log: silent }));
  assert.equal((await fetch('/healthz')).status, 200);
  const { status, text } = await fetch('/readyz');
  assert.deepEqual([status, text], [503, 'not ready: The disk is full\n']);
  reason = null;
  assert.equal((await fetch('/readyz')).status, 200);

  for (const headers of [{}, { cookie: '__Host-letterbox=bob' }, { 'x-forwarded-for': '127.0.0.1' }])
    assert.equal((await fetch('/metrics', { headers })).status, 401);
  const given = await fetch('/metrics', { headers: { cookie: '__Host-letterbox=alice' } });
  assert.equal(given.text, 'letterbox_up 1\n');
  assert.equal(given.headers['content-type'], 'text/plain; version=0.0.4');
});

test('Prometheus on this machine has a port of its own, where there is nothing else', async (t) => {
  const [port = 0] = await freePorts(1);
  const { stop } = await serveMetrics(metrics, port);
  t.after(stop);
  const get = (path: string, headers = {}) =>
    once(request({ port, path, headers, agent: false }).end(), 'response');
  const statusOf = async (path: string, headers = {}) => (await get(path, headers))[0].resume().statusCode;
  assert.equal(await statusOf('/metrics'), 200);
  assert.equal(await statusOf('/metrics', { host: `localhost:${port}` }), 200);
  // A page of another site whose name leads here.
  assert.equal(await statusOf('/metrics', { host: `evil.example:${port}` }), 404);
  assert.equal(await statusOf('/'), 404);
  await assert.rejects(once(connect({ port, host: '127.0.0.2' }), 'connect'), { code: 'ECONNREFUSED' });
  await assert.rejects(serveMetrics(metrics, port), { code: 'listen.in-use' });
});
