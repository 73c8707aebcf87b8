import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { Hono } from 'hono';
import { pino } from 'pino';
import { createLabAuthority } from '../../lab/certificates.ts';
import { openCertificate } from '../../src/http/certificate.ts';
import { examineCertificate } from '../../src/http/certificate-files.ts';
import { developmentCertificate } from '../../src/http/development-certificate.ts';
import { Problem } from '../../src/model/problem.ts';
import { serve, silent, temporaryFolder } from './fixtures.ts';

/** An organisation's certificate and key as files that can be replaced, as certbot or an orchestrator would. */
async function organisation(t: TestContext) {
  const folder = temporaryFolder(t);
  const authority = await createLabAuthority(folder);
  const files = { certificate: join(folder, 'own.pem'), key: join(folder, 'own.key') };
  const install = async (names?: string[]) => {
    const issued = await authority.issue(names);
    copyFileSync(issued.certFile, files.certificate);
    copyFileSync(issued.keyFile, files.key);
  };
  await install();
  return { folder, authority, files, install };
}

async function shake(t: TestContext, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ host: 'localhost', servername: 'localhost', ...options });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

test('a changed certificate is taken over; connections that are open stay', async (t) => {
  const { authority, files, install } = await organisation(t);
  const certificate = await openCertificate({
    tls: { ...files, trust: [] },
    publicUrl: 'https://localhost:8443',
    dataFolder: temporaryFolder(t),
    log: silent,
    checkSeconds: 0.02,
  });
  const { server } = await serve(
    t,
    new Hono().get('/', (c) => c.text('here')),
    { certificate },
  );
  const options = { port: server.port, ca: authority.caPem };
  const before = await shake(t, options);

  const changed = new Promise((resolve) => certificate.onChange(resolve));
  await install();
  await changed;

  const after = await shake(t, options);
  const serial = (socket: TLSSocket) => socket.getPeerX509Certificate()?.serialNumber;
  assert.notEqual(serial(after), serial(before));
  before.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  let answer = '';
  for await (const chunk of before) answer += chunk;
  assert.match(answer, /^HTTP\/1\.1 200 OK/);
  assert.match(answer, /here$/);
});

test('a broken new certificate is logged once, the one in use stays, and a mended one is taken', async (t) => {
  const { files, install } = await organisation(t);
  const lines: string[] = [];
  let logged: () => void = () => {};
  const log = pino(
    {},
    {
      write(line: string) {
        lines.push(line);
        logged();
      },
    },
  );
  const certificate = await openCertificate({
    tls: { ...files, trust: [] },
    publicUrl: 'https://localhost',
    dataFolder: temporaryFolder(t),
    log,
    checkSeconds: 0.02,
  });
  t.after(() => certificate.close());
  const good = certificate.current();

  const complained = new Promise<void>((resolve) => (logged = resolve));
  writeFileSync(files.certificate, 'half a fi');
  await complained;
  assert.deepEqual(certificate.current(), good);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /tls\.certificate: expected a PEM file that begins with the certificate/);

  const changed = new Promise((resolve) => certificate.onChange(resolve));
  await install();
  await changed;
  assert.notDeepEqual(certificate.current(), good);
});

test('a certificate or key that is not in order is refused, naming the setting', async (t) => {
  const { files, authority } = await organisation(t);
  const other = await authority.issue(['elsewhere.example']);
  const open = (tls: { certificate?: string; key?: string }, publicUrl = 'https://localhost') =>
    openCertificate({ tls: { ...tls, trust: [] }, publicUrl, dataFolder: temporaryFolder(t), log: silent });
  const refused = (field: string, expected: RegExp) => (error: unknown) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.fields?.[0]?.field, field);
    assert.match(error.fields?.[0]?.expected ?? '', expected);
    return true;
  };

  await assert.rejects(
    open({ certificate: files.certificate }),
    refused('tls.key', /because tls\.certificate is set/),
  );
  await assert.rejects(open({ key: files.key }), refused('tls.certificate', /because tls\.key is set/));
  await assert.rejects(open({ ...files, key: '/nowhere.key' }), refused('tls.key', /readable/));
  await assert.rejects(
    open({ ...files, certificate: files.key }),
    refused('tls.certificate', /begins with the certificate/),
  );
  await assert.rejects(open({ ...files, key: files.certificate }), refused('tls.key', /private key/));
  await assert.rejects(
    open({ ...files, key: other.keyFile }),
    refused('tls.key', /belongs to tls\.certificate/),
  );
  await assert.rejects(
    open(files, 'https://mail.contoso.example:8443'),
    refused('tls.certificate', /for mail\.contoso\.example/),
  );

  const pair = { certificate: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') };
  const on = (date: string) => examineCertificate(pair, '127.0.0.1', new Date(date))?.given ?? null;
  assert.match(on('2100-01-01') ?? '', /expired/);
  assert.match(on('2000-01-01') ?? '', /begins on/);
  assert.equal(on(new Date().toISOString()), null);
});

test('the development certificate is kept, secret, and made anew before it expires or for another host', async (t) => {
  const folder = temporaryFolder(t);
  const first = await developmentCertificate(folder, 'box.example');
  assert.deepEqual(await developmentCertificate(folder, 'box.example'), first);
  assert.equal(statSync(join(folder, 'development.key')).mode & 0o077, 0);
  assert.equal(examineCertificate(first, '::1', new Date()), null);

  const moved = await developmentCertificate(folder, 'other.example');
  assert.equal(examineCertificate(moved, 'other.example', new Date()), null);

  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 340 * 24 * 60 * 60_000 });
  const renewed = await developmentCertificate(folder, 'other.example');
  assert.notDeepEqual(renewed, moved);
  assert.equal(examineCertificate(renewed, 'other.example', new Date()), null);
});
