import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startHttps } from '../../lab/https.ts';
import { makeIdentity } from '../../lab/network/identity.ts';
import { inTls, openPassage, passTo, plainHttp, withoutStarttls } from '../../lab/network/passage.ts';
import { openPort } from '../../lab/network/port.ts';

/** How long nothing must happen before it is taken for silence; what answers here answers in a few milliseconds. */
const silenceMs = 1_500;

/** What comes of a connection that says something: the code of its error, what was said, or nothing at all. */
function attempt(port: number, say = 'x'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(say));
    const silence = (how: string) => setTimeout(() => resolve(how), silenceMs);
    let timer = silence('no connection');
    const end = (what: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(what);
    };
    socket.once('connect', () => {
      clearTimeout(timer);
      timer = silence('silence');
    });
    socket.once('data', (data) => end(data.toString()));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? ''));
    socket.once('close', () => end('closed'));
  });
}

const greet = (socket: Socket) => void socket.write('hello');

test('a port is open, closed, filtered, silent or cut, and open again, under the same number', async () => {
  const port = await openPort(greet);
  const seen: Record<string, string> = {};
  for (const state of ['open', 'closed', 'filtered', 'silent', 'cut'] as const) {
    await port.become(state);
    seen[state] = await attempt(port.port);
  }
  assert.deepEqual(seen, {
    open: 'hello',
    closed: 'ECONNREFUSED',
    filtered: 'no connection',
    silent: 'silence',
    cut: 'ECONNRESET',
  });
  await port.become('open');
  assert.equal(await attempt(port.port), 'hello');
  await port.become((socket) => void socket.end('another'));
  assert.equal(await attempt(port.port), 'another');
  await port.stop();
  assert.equal(await attempt(port.port), 'ECONNREFUSED');
});

async function startServer(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-network-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = await createLabAuthority(folder);
  const https = await startHttps(certificates);
  t.after(https.stop);
  https.server.on('request', (_request, response) => response.end('yes'));
  return { ...https, certificates };
}

/** What a client that trusts the lab's authority says of a server's certificate; how its issuer is called. */
async function handshake(port: number, ca: string): Promise<[code: string, issuer: string]> {
  const socket = connectTls({ port, host: 'localhost', ca, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { issuer } = socket.getPeerCertificate();
  const { authorizationError } = socket as { authorizationError?: unknown };
  socket.destroy();
  const code = (authorizationError as { code?: string } | null)?.code ?? authorizationError ?? '';
  return [String(code), String(issuer.CN)];
}

test('a server shows certificates that are out of date, of another name, of nobody or of an inspector', async (t) => {
  const { port, network, certificates } = await startServer(t);
  const seen: Record<string, [string, string]> = {};
  for (const identity of [
    'trusted',
    'expired',
    'not yet valid',
    'wrong name',
    'self-signed',
    'inspected',
    'incomplete',
  ] as const) {
    await network.show(identity);
    seen[identity] = await handshake(port, certificates.caPem);
  }
  const lab = 'Letterbox lab authority';
  assert.deepEqual(seen, {
    trusted: ['', lab],
    expired: ['CERT_HAS_EXPIRED', lab],
    'not yet valid': ['CERT_NOT_YET_VALID', lab],
    'wrong name': ['ERR_TLS_CERT_ALTNAME_INVALID', lab],
    'self-signed': ['DEPTH_ZERO_SELF_SIGNED_CERT', 'localhost'],
    inspected: ['SELF_SIGNED_CERT_IN_CHAIN', 'Zscaler Root CA'],
    incomplete: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'Letterbox lab intermediate'],
  });
});

test('what stands in the place of a server: nothing encrypted, all encrypted, or the offer to encrypt taken out', async (t) => {
  const { port, network, certificates } = await startServer(t);
  await network.become(plainHttp());
  assert.match(await attempt(port, 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'), /^HTTP\/1\.1 400/);

  const imap = await openPort((socket) => void socket.write('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready'));
  t.after(imap.stop);
  const passage = await openPassage(imap.port);
  t.after(passage.stop);
  assert.match(await attempt(passage.port), /STARTTLS/);
  await passage.become(withoutStarttls(imap.port));
  assert.match(await attempt(passage.port), /IMAP4rev1 XXXXXXXX\] ready/);
  await passage.become(inTls(imap.port, await makeIdentity('trusted', certificates)));
  assert.deepEqual(await handshake(passage.port, certificates.caPem), ['', 'Letterbox lab authority']);
  await passage.become(passTo(imap.port));
  assert.match(await attempt(passage.port), /STARTTLS/);
});
