import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { request } from 'node:https';
import { test } from 'node:test';
import { connect } from 'node:tls';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { Hono } from 'hono';
import { createApp } from '../../src/http/app.ts';
import type { Certificate } from '../../src/http/certificate.ts';
import { serveHttps } from '../../src/http/server.ts';
import { Problem } from '../../src/model/problem.ts';
import { form, serve, silent } from './fixtures.ts';

/** As many organisations have it. */
async function rsaCertificate(): Promise<Certificate> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    signingAlgorithm: algorithm,
    keys,
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const pair = { certificate: made.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  return { isDevelopment: false, current: () => pair, onChange: () => () => {}, close() {} };
}

const app = (part: Hono) => createApp({ apps: [part], log: silent });

test('nothing older than TLS 1.2 is spoken', async (t) => {
  const { server, ca } = await serve(t, new Hono());
  const handshake = (maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
    new Promise((resolve, reject) => {
      const socket = connect({
        host: 'localhost',
        port: server.port,
        ca,
        minVersion: maxVersion,
        maxVersion,
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      socket.on('secureConnect', () => resolve(socket.getProtocol()));
      socket.on('error', reject);
      t.after(() => socket.destroy());
    });
  assert.equal(await handshake('TLSv1.2'), 'TLSv1.2');
  await assert.rejects(handshake('TLSv1.1'));
});

test('with an RSA certificate too only suites with forward secrecy and authenticated encryption are spoken', async (t) => {
  const { server } = await serve(t, new Hono(), { certificate: await rsaCertificate() });
  const speaks = (ciphers: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect({
        host: 'localhost',
        port: server.port,
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.2',
        ciphers: `${ciphers}:@SECLEVEL=0`,
      });
      socket.on('secureConnect', () => resolve(true));
      socket.on('error', () => resolve(false));
      t.after(() => socket.destroy());
    });
  for (const good of [
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ])
    assert.equal(await speaks(good), true, good);
  for (const bad of ['AES128-GCM-SHA256', 'AES256-SHA', 'ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA384'])
    assert.equal(await speaks(bad), false, bad);
});

test('every answer carries the security headers, also an error, and a route may tighten its own', async (t) => {
  const part = new Hono()
    .get('/page', (c) => c.html('<p>'))
    .get('/own', (c) => c.html('<p>', 200, { 'content-security-policy': 'sandbox' }))
    .get('/broken', () => {
      throw new Error('with secrets inside');
    });
  const { fetch } = await serve(t, app(part));
  for (const path of ['/page', '/broken', '/nowhere']) {
    const { headers } = await fetch(path);
    assert.equal(
      headers['content-security-policy'],
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      path,
    );
    assert.match(headers['strict-transport-security'] ?? '', /max-age=\d{8}/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['cache-control'], 'no-store');
    assert.ok(headers['permissions-policy']);
  }
  assert.equal((await fetch('/own')).headers['content-security-policy'], 'sandbox');
});

test('what goes wrong inside is told as a problem without its insides', async (t) => {
  const { fetch } = await serve(
    t,
    app(
      new Hono().get('/broken', () => {
        throw new Error('with secrets inside');
      }),
    ),
  );
  const { status, headers, text } = await fetch('/broken');
  assert.equal(status, 500);
  assert.equal(headers['content-type'], 'application/problem+json');
  assert.equal(JSON.parse(text).code, 'internal');
  assert.ok(!text.includes('secrets'));
});

test('a request is bounded: its body by 1 MiB, its headers by 32 KiB', async (t) => {
  const part = new Hono().post('/', async (c) => c.text(String((await c.req.text()).length)));
  const { fetch } = await serve(t, app(part));
  const post = (body: string) => fetch('/', { method: 'POST', headers: form, body });
  assert.equal((await post('x'.repeat(1024 * 1024))).text, String(1024 * 1024));
  const { status, text } = await post('x'.repeat(1024 * 1024 + 1));
  assert.equal(status, 413);
  assert.equal(JSON.parse(text).code, 'request.too-large');
  assert.equal((await fetch('/', { headers: { 'x-long': 'x'.repeat(40_000) } })).status, 431);
});

test('a stop lets a request under way end, and ends a live view', async (t) => {
  let release: () => void = () => {};
  const asked = Promise.withResolvers<void>();
  const part = new Hono()
    .get('/slow', async (c) => {
      asked.resolve();
      await new Promise<void>((resolve) => (release = resolve));
      return c.text('finished');
    })
    .get('/live', (c) =>
      c.body(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from(':\n\n')) }), 200, {
        'content-type': 'text/event-stream',
      }),
    );
  const { server, ca, fetch } = await serve(t, part);
  const live = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => {
    request(
      {
        host: 'localhost',
        port: server.port,
        path: '/live',
        ca,
        agent: false,
        headers: { accept: 'text/event-stream' },
      },
      (response) => {
        response.on('data', () => live.resolve());
        response.on('error', () => resolve());
        response.on('end', () => resolve());
      },
    ).end();
  });
  const slow = fetch('/slow');
  await Promise.all([live.promise, asked.promise]);

  const stopped = server.stop();
  await ended;
  release();
  assert.equal((await slow).text, 'finished');
  await stopped;
  await assert.rejects(fetch('/slow'), { code: 'ECONNREFUSED' });
});

test('a port that is taken is refused, naming the setting', async (t) => {
  const { server } = await serve(t, new Hono());
  const pair = { certificate: '', key: '' };
  await assert.rejects(
    serveHttps({
      app: new Hono(),
      listen: { host: '127.0.0.1', port: server.port, trustedProxies: [] },
      log: silent,
      certificate: { isDevelopment: false, current: () => pair, onChange: () => () => {}, close() {} },
    }),
    (error: unknown) =>
      error instanceof Problem && error.code === 'listen.in-use' && /listen\.port/.test(error.remedy ?? ''),
  );
});
