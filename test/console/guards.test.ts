import assert from 'node:assert/strict';
import { test } from 'node:test';
import { form } from '../http/fixtures.ts';
import { openSignedIn } from './fixtures.ts';

const deeds = [
  '/sign-out',
  '/profiles',
  '/profiles/prf_contoso',
  '/profiles/prf_contoso/secret',
  '/profiles/prf_app/authorize',
  '/profiles/prf_contoso/delete',
  '/servers',
  '/servers/srv_support',
  '/servers/srv_support/test',
  '/servers/srv_support/pause',
  '/servers/srv_support/resume',
  '/servers/srv_support/delete',
  '/destinations',
  '/destinations/dst_crm',
  '/destinations/dst_crm/rotate',
  '/destinations/dst_crm/switch-on',
  '/destinations/dst_crm/delete',
  '/deliveries/replay',
  '/quarantine/qua_1/process',
  '/quarantine/qua_1/dismiss',
];

test('nothing is done without a session, nor for a form that does not carry its token', async (t) => {
  const { fetch, session, csrf } = await openSignedIn(t, 'lively');
  const cookie = `__Host-letterbox=${session}`;
  const own = { ...form, 'sec-fetch-site': 'same-origin' };
  for (const path of deeds) {
    const stranger = await fetch(path, { method: 'POST', headers: own, body: '' });
    assert.deepEqual([stranger.status, stranger.headers.location], [303, '/sign-in'], path);
    const forged = await fetch(path, { method: 'POST', headers: { ...own, cookie }, body: 'csrf=guessed' });
    assert.equal(forged.status, 403, path);
    assert.match(forged.text, /This form was not sent from a page of this session/);
  }
  const body = `csrf=${csrf.token(session)}`;
  const cross = { ...form, cookie, 'sec-fetch-site': 'cross-site' };
  assert.equal(
    (await fetch('/servers/srv_support/pause', { method: 'POST', headers: cross, body })).status,
    403,
  );
  const paused = await fetch('/servers/srv_support/pause', {
    method: 'POST',
    headers: { ...own, cookie },
    body,
  });
  assert.equal(paused.headers.location, '/servers/srv_support?done=server-paused');
});

test('no page and no file is given without a session', async (t) => {
  const { fetch } = await openSignedIn(t, 'lively');
  for (const path of [
    '/',
    '/profiles',
    '/messages/msg_1/raw',
    '/messages/msg_1/attachments/0',
    '/events',
    '/nowhere',
  ]) {
    const { status, headers } = await fetch(path, { headers: { cookie: '__Host-letterbox=invented' } });
    assert.equal(status, 303, path);
    assert.match(headers.location ?? '', /^\/sign-in\?ended=/, path);
  }
});

test('connecting begins only with a click here, and leads to the authority', async (t) => {
  const { fetch, session } = await openSignedIn(t, 'lively');
  const connect = (site?: string) =>
    fetch('/profiles/prf_contoso/connect', {
      headers: { cookie: `__Host-letterbox=${session}`, ...(site && { 'sec-fetch-site': site }) },
    });
  for (const site of ['same-origin', 'none']) {
    const { status, headers } = await connect(site);
    assert.deepEqual([status, headers.location], [303, 'https://login.example/authorize?state=sample']);
  }
  for (const site of ['cross-site', 'same-site', undefined]) assert.equal((await connect(site)).status, 403);

  const stranger = await fetch('/profiles/prf_contoso/connect');
  // After the sign-in form the browser may not be sent to another site (CSP form-action).
  assert.equal(stranger.headers.location, '/sign-in?next=%2Fprofiles%2Fprf_contoso');
});

test('an answer of the authority is shown with its remedy and a way to try again, at each reload', async (t) => {
  const { fetch, session } = await openSignedIn(t, 'lively');
  const headers = { cookie: `__Host-letterbox=${session}`, 'sec-fetch-site': 'same-origin' };
  await fetch('/profiles/prf_contoso/connect', { headers });
  for (let reload = 0; reload < 2; reload++) {
    const { status, text } = await fetch('/oauth/callback?error=access_denied&state=sample', { headers });
    assert.equal(status, 502);
    assert.match(text, /The consent was declined/);
    assert.match(text, /ask an administrator to grant consent/);
    assert.match(text, /href="\/profiles\/prf_contoso\/connect">Reconnect/);
  }
  const stranger = await fetch('/oauth/callback?code=1&state=sample');
  assert.equal(stranger.headers.location, '/sign-in?callback=');
  assert.match((await fetch('/sign-in?callback=')).text, /came back to a browser without a session/);
});

test('what a redirect says was done cannot be written by the address', async (t) => {
  const { fetch, session } = await openSignedIn(t, 'lively');
  const headers = { cookie: `__Host-letterbox=${session}` };
  for (const done of ['constructor', '<b>Your+password+has+expired</b>', '__proto__'])
    assert.doesNotMatch((await fetch(`/?done=${done}`, { headers })).text, /role="status"/);
  assert.match((await fetch('/?done=replayed', { headers })).text, /role="status"/);
});

test('files of the console are kept by the browser until they change', async (t) => {
  const { fetch, session } = await openSignedIn(t, 'fresh');
  const { text } = await fetch('/', { headers: { cookie: `__Host-letterbox=${session}` } });
  const addresses = Array.from(
    text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g),
    ([, address]) => address ?? '',
  );
  assert.equal(addresses.length, 3);
  for (const address of addresses) {
    const { status, headers } = await fetch(address);
    assert.equal(status, 200);
    assert.match(headers['cache-control'] ?? '', /immutable/);
    assert.equal((await fetch(address, { headers: { 'if-none-match': headers.etag ?? '' } })).status, 304);
  }
});

test('a deed that fails says why and leads back to what it was done to', async (t) => {
  const { fetch, session, csrf } = await openSignedIn(t, 'lively');
  const headers = { ...form, cookie: `__Host-letterbox=${session}`, 'sec-fetch-site': 'same-origin' };
  const body = `csrf=${csrf.token(session)}`;
  const { status, text } = await fetch('/profiles/prf_app/authorize', { method: 'POST', headers, body });
  assert.equal(status, 502);
  assert.match(text, /The client secret has expired.*Make a new client secret for the app/s);
  assert.match(text, /href="\/profiles\/prf_app">Back to where you were/);
});
