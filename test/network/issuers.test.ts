import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import * as x509 from '@peculiar/x509';
import { createLabAuthority } from '../../lab/certificates.ts';
import { explainNetwork } from '../../src/network/explain.ts';
import { namingIssuer } from '../../src/network/issuers.ts';

/** A server certificate that is signed by its own name. */
async function signedBy(name: string) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}

/** What is told of a server with such a certificate; `received`: what it was sent beyond the handshakes. */
async function toldOf(t: TestContext, certificate: { cert: string | Buffer; key: string | Buffer }) {
  const received: Buffer[] = [];
  const server = tls.createServer(certificate, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => received.push(data));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const peer = {
    name: 'The authority',
    protocol: 'oauth',
    host: 'localhost',
    port,
    security: 'tls' as const,
  };
  const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost' });
  const [error] = await once(socket, 'secureConnect').then(
    () => assert.fail('it was trusted'),
    (thrown) => [thrown],
  );
  const problem = explainNetwork(error, peer);
  assert.ok(problem);
  return { problem: await namingIssuer(problem, error, peer), received };
}

test('who signed a certificate that nobody here knows is named, and nothing is sent to find out', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-issuers-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { certFile, keyFile } = await (await createLabAuthority(folder)).issue();
  const { problem, received } = await toldOf(t, { cert: readFileSync(certFile), key: readFileSync(keyFile) });
  assert.equal(problem.code, 'oauth.certificate');
  assert.match(problem.detail ?? '', /it is signed by “Letterbox lab authority”/);
  assert.match(problem.cause ?? '', /not known here/);
  assert.deepEqual(received, []);
});

test('a proxy that looks into connections is recognised by its certificate', async (t) => {
  for (const name of [
    'Zscaler Intermediate Root CA',
    'FortiGate CA',
    'mitmproxy',
    'Contoso TLS Inspection CA',
  ]) {
    const { problem } = await toldOf(t, await signedBy(name));
    assert.match(problem.cause ?? '', new RegExp(`${name}.*looks into encrypted connections`));
    assert.match(problem.remedy ?? '', /tls\.trust/);
  }
});

test('where the certificates cannot be seen a second time, what is known is told', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as { port: number };
  closed.close();
  await once(closed, 'close');
  const peer = {
    name: 'The authority',
    protocol: 'oauth',
    host: '127.0.0.1',
    port,
    security: 'tls' as const,
  };
  const error = {
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
    message: 'self-signed certificate in certificate chain',
  };
  const problem = explainNetwork(error, peer);
  assert.ok(problem);
  assert.equal(await namingIssuer(problem, error, peer), problem);
});
