import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type LookupFunction } from 'node:net';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startTlsBefore } from '../../lab/proxy/tls.ts';
import { createWebhookGuard } from '../../src/destinations/webhook/address-guard.ts';
import type { Problem } from '../../src/model/problem.ts';
import { openSecured, openSocket, secureSocket } from '../../src/network/connect.ts';
import { explainNetwork } from '../../src/network/explain.ts';
import { createHttpsClient, readText } from '../../src/network/https.ts';
import { namingIssuer } from '../../src/network/issuers.ts';
import { trustFor } from '../../src/network/trust.ts';
import { temporaryFolder } from '../sources/setting.ts';
import { until } from '../until.ts';
import { leadTo, listen, startScriptedProxy, throughProxy } from './scripted-proxy.ts';

const opening = { connectMs: 20_000 };
const host = 'mail.contoso.test';
const peerAt = (port: number) => ({
  name: 'Support',
  protocol: 'imap',
  host,
  port,
  security: 'tls' as const,
});

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail('it connected'),
    (error: unknown) => error,
  );
}

async function toldOf(work: Promise<unknown>, peer = peerAt(993)): Promise<Problem> {
  const error = await thrownBy(work);
  return explainNetwork(error, peer) ?? assert.fail(String(error));
}

/** A server that says back what it is sent, over TLS, with a certificate of an authority of its own. */
async function startEcho(t: TestContext) {
  const authority = await createLabAuthority(await temporaryFolder(t));
  const { certFile, keyFile } = await authority.issue([host]);
  const server = tls.createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  t.after(() => server.close());
  const port = await listen(server);
  const trust = trustFor({ ...peerAt(port), certificateAuthority: authority.caPem });
  return { authority, port, trust };
}

async function echoed(socket: tls.TLSSocket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data');
  socket.destroy();
  return String(data);
}

test('TLS goes through the tunnel from end to end: the certificate is that of the host, by its name', async (t) => {
  const { authority, port, trust } = await startEcho(t);
  const proxy = await startScriptedProxy(t, leadTo(port));
  throughProxy(t, { url: proxy.url });
  assert.equal(await echoed(await openSecured({ host, port }, trust, opening), 'hello'), 'hello');
  const later = await openSocket({ host, port }, opening);
  assert.equal(await echoed(await secureSocket(later, { host }, trust, opening), 'again'), 'again');

  const other = { ...peerAt(port), host: 'other.contoso.test' };
  const wrongName = await toldOf(openSecured(other, trust, opening), other);
  assert.equal(wrongName.code, 'imap.certificate');
  assert.match(wrongName.cause ?? '', /another host name/);

  const error = await thrownBy(openSecured({ host, port }, { rejectUnauthorized: true }, opening));
  const told = explainNetwork(error, peerAt(port));
  assert.ok(told);
  const named = await namingIssuer(told, error, peerAt(port));
  assert.match(named.detail ?? '', /signed by “Letterbox lab authority”/, 'asked for through the proxy too');
  assert.equal(new Set(proxy.requests.map((request) => request.split(' ')[1])).size, 2);
  await until('nothing is left open', () => proxy.open() === 0);
  assert.ok(authority.caPem);
});

test('TLS to the proxy itself is verified, and TLS goes through it', async (t) => {
  const { port, trust } = await startEcho(t);
  const proxy = await startScriptedProxy(t, leadTo(port));
  const behind = { port: Number(new URL(proxy.url).port) };
  const own = await createLabAuthority(await temporaryFolder(t));
  const before = await startTlsBefore(behind, own);
  t.after(before.stop);
  throughProxy(t, { url: before.url });
  const untrusted = await toldOf(openSecured({ host, port }, trust, opening));
  assert.equal(untrusted.code, 'imap.proxy-tls');
  assert.equal(untrusted.title, 'The certificate of the proxy cannot be trusted');
  assert.match(untrusted.remedy, /tls\.trust/);
  assert.doesNotMatch(JSON.stringify(untrusted), /mail server/);

  const usual = tls.getCACertificates('default');
  t.after(() => tls.setDefaultCACertificates(usual));
  tls.setDefaultCACertificates([...usual, own.caPem]);
  const socket = await openSecured({ host, port }, trust, opening);
  socket.setKeepAlive(true, 1000).setNoDelay(true).setTimeout(60_000);
  const large = 'x'.repeat(1_000_000);
  let received = 0;
  socket.on('data', (data) => {
    received += data.length;
  });
  socket.write(large);
  await until('all of it is back', () => received === large.length);
  socket.destroy();
  await until('nothing is left open', () => proxy.open() === 0);

  const elsewhere = await startTlsBefore(behind, own, ['proxy.contoso.test']);
  t.after(elsewhere.stop);
  throughProxy(t, { url: elsewhere.url });
  const wrongName = await toldOf(openSecured({ host, port }, trust, opening));
  assert.equal(wrongName.code, 'imap.proxy-tls');
  assert.match(
    wrongName.remedy,
    /network\.proxy\.url to the host name that the certificate of the proxy is for/,
  );

  // A proxy without TLS takes what comes for a request
  const plain = await startScriptedProxy(t, () => {});
  throughProxy(t, { url: plain.url.replace('http:', 'https:') });
  const none = await toldOf(openSecured({ host, port }, trust, { connectMs: 300 }));
  assert.equal(none.code, 'imap.proxy-tls');
  assert.match(none.remedy, /begins with http:\/\//);
});

test('a server that never finishes the handshake is given up, with and without a proxy', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => {}));
  t.after(() => silent.close());
  const port = await listen(silent);
  const proxy = await startScriptedProxy(t, leadTo(port));
  const open = (name: string) =>
    openSecured({ host: name, port }, { rejectUnauthorized: true }, { connectMs: 300 });
  assert.equal((await toldOf(open('localhost'))).code, 'imap.tls');
  throughProxy(t, { url: proxy.url });
  assert.equal((await toldOf(open(host))).code, 'imap.tls');
  assert.equal(proxy.requests.length, 1);
  await until('nothing is left open', () => proxy.open() === 0);
});

test('a proxy that leads on and then cuts the connection is told as a cut, and not as the server’s certificate', async (t) => {
  const proxy = await startScriptedProxy(t, (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  throughProxy(t, { url: proxy.url });
  const cut = await toldOf(openSecured({ host, port: 993 }, { rejectUnauthorized: true }, opening));
  assert.equal(cut.code, 'imap.tls');
  assert.match(cut.remedy, /firewall or proxy/);
});

test('what is excepted is connected to directly, and loopback always', async (t) => {
  const server = createServer((socket) => socket.end('hello')).on('error', () => {});
  t.after(() => server.close());
  const port = await listen(server);
  const proxy = await startScriptedProxy(t, (socket) => socket.end());
  throughProxy(t, { url: proxy.url, except: ['10.0.0.0/8', '*.intern.contoso.test', 'mail.contoso.test'] });
  for (const near of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
    const socket = await openSocket({ host: near, port }, opening);
    assert.equal(String((await once(socket, 'data'))[0]), 'hello');
  }
  // Unknown to this machine: it was asked for here, and not at the proxy
  for (const name of ['mail.contoso.test', 'a.intern.contoso.test'])
    assert.equal((await toldOf(openSocket({ host: name, port }, opening))).code, 'imap.unreachable');
  assert.equal(proxy.requests.length, 0);
  await thrownBy(openSocket({ host: 'intern.contoso.test', port }, opening));
  assert.equal(proxy.requests.length, 1);
});

/** A name server that knows these addresses. */
const knowing =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const unknown = async () => {
  throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
};

test('where a name is looked at here, the proxy is asked for the very address that was looked at', async (t) => {
  const proxy = await startScriptedProxy(t, (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
  throughProxy(t, { url: proxy.url });
  const { lookup } = createWebhookGuard([], knowing('2606:4700::1', '93.184.216.34'));
  (await openSocket({ host: 'hooks.contoso.com', port: 443 }, { ...opening, lookup })).destroy();
  assert.match(proxy.requests[0] ?? '', /^CONNECT 93\.184\.216\.34:443 /);
});

test('a name that leads into a private network is refused before the proxy is asked; so is an address', async (t) => {
  const proxy = await startScriptedProxy(t, (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
  throughProxy(t, { url: proxy.url });
  for (const addresses of [
    ['10.0.0.7'],
    ['93.184.216.34', '192.168.1.1'],
    ['::ffff:10.0.0.7'],
    ['127.0.0.1'],
  ]) {
    const { lookup } = createWebhookGuard([], knowing(...addresses));
    for (const name of ['hooks.contoso.com', 'localhost', ...addresses]) {
      const error = await thrownBy(openSocket({ host: name, port: 443 }, { ...opening, lookup }));
      assert.equal((error as Problem).code, 'webhook.private-address', name);
    }
  }
  assert.deepEqual(proxy.requests, []);
});

test('a name that cannot be resolved here is not handed to the proxy unlooked at, and the way out is named', async (t) => {
  const proxy = await startScriptedProxy(t, (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
  throughProxy(t, { url: proxy.url });
  const silence: LookupFunction = () => {};
  const peer = { ...peerAt(443), protocol: 'webhook', name: 'The destination' };
  for (const [lookup, connectMs] of [
    [createWebhookGuard([], unknown).lookup, 20_000],
    [silence, 200],
  ] as const) {
    const problem = await toldOf(openSocket(peer, { connectMs, lookup }), peer);
    assert.equal(problem.code, 'webhook.name-unresolved');
    assert.match(problem.remedy, /network\.proxy\.destinationsResolvedBy: proxy/);
  }
  assert.deepEqual(proxy.requests, []);
});

test('where the proxy does not get to one address of a name, another one is tried; a refusal holds for all', async (t) => {
  const asked: string[] = [];
  let refusal = '502 Bad Gateway';
  const proxy = await startScriptedProxy(t, (socket, request) => {
    asked.push(request.split(' ')[1] ?? '');
    socket.write(asked.length === 1 ? `HTTP/1.1 ${refusal}\r\n\r\n` : 'HTTP/1.1 200 OK\r\n\r\n');
  });
  throughProxy(t, { url: proxy.url });
  const { lookup } = createWebhookGuard([], knowing('93.184.216.34', '93.184.216.35'));
  const target = { host: 'hooks.contoso.com', port: 443 };
  (await openSocket(target, { ...opening, lookup })).destroy();
  assert.deepEqual(asked.splice(0), ['93.184.216.34:443', '93.184.216.35:443']);
  refusal = '403 Forbidden';
  const peer = { ...peerAt(443), ...target, protocol: 'webhook' };
  const problem = await toldOf(openSocket(target, { ...opening, lookup }), peer);
  assert.deepEqual(asked, ['93.184.216.34:443']);
  assert.match(problem.detail ?? '', /hooks\.contoso\.com:443 \(93\.184\.216\.34:443\): it answered “403/);
  assert.match(problem.remedy, /destinationsResolvedBy: proxy/);
});

test('an address that is excepted is connected to directly also where its name is not', async (t) => {
  const server = createServer((socket) => socket.end('hello')).on('error', () => {});
  t.after(() => server.close());
  const port = await listen(server);
  const proxy = await startScriptedProxy(t, (socket) => socket.end());
  throughProxy(t, { url: proxy.url });
  const { lookup } = createWebhookGuard(['127.0.0.0/8'], knowing('127.0.0.1'));
  const socket = await openSocket({ host: 'hooks.contoso.com', port }, { ...opening, lookup });
  assert.equal(String((await once(socket, 'data'))[0]), 'hello');
  assert.deepEqual(proxy.requests, []);
});

test('HTTPS keeps its tunnels, and has at most so many, however many requests come at once', async (t) => {
  const authority = await createLabAuthority(await temporaryFolder(t));
  const { certFile, keyFile } = await authority.issue([host]);
  const { createServer: createHttps } = await import('node:https');
  const server = createHttps(
    { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    (request, response) => {
      setTimeout(() => response.end(request.url), 20);
    },
  );
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = await listen(server);
  const proxy = await startScriptedProxy(t, leadTo(port));
  throughProxy(t, { url: proxy.url });
  const client = createHttpsClient(
    { ...peerAt(port), protocol: 'graph', certificateAuthority: authority.caPem },
    { connections: 2, silenceMs: 20_000 },
  );
  t.after(() => client.close());
  const ask = async (target: string) =>
    readText((await client.request({ method: 'GET', target, headers: {} })).body, 100);
  const targets = Array.from({ length: 12 }, (_, count) => `/${count}`);
  assert.deepEqual(await Promise.all(targets.map(ask)), targets);
  assert.equal(await ask('/again'), '/again');
  assert.equal(proxy.requests.length, 2);
  client.close();
  await until('nothing is left open', () => proxy.open() === 0);
});

test('a request that is given up while its tunnel is opened gives its place to the next one', async (t) => {
  const proxy = await startScriptedProxy(t, () => {});
  throughProxy(t, { url: proxy.url });
  const client = createHttpsClient(
    { ...peerAt(443), protocol: 'graph', certificateAuthority: null },
    { connections: 1, silenceMs: 20_000 },
  );
  for (const count of [1, 2]) {
    const stop = new AbortController();
    const asked = client.request({ method: 'GET', target: '/', headers: {}, signal: stop.signal });
    await until('the proxy is asked', () => proxy.requests.length === count);
    stop.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  }
  const closed = client.request({ method: 'GET', target: '/', headers: {} });
  await until('the proxy is asked', () => proxy.requests.length === 3);
  client.close();
  await assert.rejects(closed, { reason: 'broken' });
  await until('nothing is left open', () => proxy.open() === 0);
});
