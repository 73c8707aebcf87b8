import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { createLabAuthority } from '../../lab/certificates.ts';
import { explainNetwork } from '../../src/network/explain.ts';

const peer = { name: 'Support', host: 'localhost', port: 993, security: 'tls' } as const;
const said = (code: string, message = '') => ({ code, message });

const certificates: [error: object, cause: RegExp, remedy: RegExp][] = [
  [said('ERR_TLS_CERT_ALTNAME_INVALID'), /another host name/, /host name/],
  [said('HOSTNAME_MISMATCH'), /another host name/, /host name/],
  [said('CERT_HAS_EXPIRED'), /has expired/, /new certificate/],
  [said('CERT_NOT_YET_VALID'), /not valid yet/, /clock of this machine/],
  [said('CERT_REVOKED'), /revoked/, /new certificate/],
  [said('DEPTH_ZERO_SELF_SIGNED_CERT'), /signed by itself/, /tls\.trust/],
  [said('SELF_SIGNED_CERT_IN_CHAIN'), /authority that is not known here.*proxy/, /tls\.trust/],
  [said('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), /not known here.*intermediate/, /tls\.trust/],
  [said('UNABLE_TO_GET_ISSUER_CERT'), /not known here/, /tls\.trust/],
  [said('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), /not known here/, /tls\.trust/],
  [said('CERT_UNTRUSTED'), /not known here/, /tls\.trust/],
  [said('UNSPECIFIED', 'EE certificate key too weak'), /too weak/, /new certificate/],
  [said('UNSPECIFIED', 'CA signature digest algorithm too weak'), /too weak/, /new certificate/],
  [said('ERR_SSL_EE_KEY_TOO_SMALL'), /too weak/, /new certificate/],
  [said('ERR_SSL_DH_KEY_TOO_SMALL'), /too weak/, /new certificate/],
  [said('INVALID_PURPOSE'), /not in order/, /new certificate/],
  [said('CERT_CHAIN_TOO_LONG'), /not in order/, /new certificate/],
  [said('CERT_SIGNATURE_FAILURE'), /not in order/, /new certificate/],
];

test('a certificate that does not hold is told by its cause, with the setting or the person that mends it', () => {
  for (const [error, cause, remedy] of certificates)
    for (const protocol of ['imap', 'pop3', 'smtp', 'graph', 'ews', 'oauth', 'webhook']) {
      const problem = explainNetwork(error, { ...peer, protocol });
      const { code } = error as { code: string };
      assert.equal(problem?.code, `${protocol}.certificate`, code);
      assert.match(problem?.cause ?? '', cause, code);
      assert.match(problem?.remedy ?? '', remedy, code);
      assert.doesNotMatch(JSON.stringify(problem), /firewall|by itself\./, code);
      assert.match(problem?.detail ?? '', new RegExp(code), code);
    }
});

test('only a mail server has a field for its own authority', () => {
  const remedyOf = (protocol: string) =>
    explainNetwork(said('SELF_SIGNED_CERT_IN_CHAIN'), { ...peer, protocol })?.remedy ?? '';
  for (const protocol of ['imap', 'smtp', 'graph'])
    assert.match(remedyOf(protocol), /private certificate authority/);
  for (const protocol of ['oauth', 'webhook'])
    assert.doesNotMatch(remedyOf(protocol), /private certificate authority/);
});

const handshakes: [error: object, cause: RegExp, isTls: boolean][] = [
  [said('ERR_SSL_WRONG_VERSION_NUMBER'), /no TLS/, false],
  [said('ERR_SSL_PACKET_LENGTH_TOO_LONG'), /no TLS/, false],
  [said('ERR_SSL_HTTP_REQUEST'), /no TLS/, false],
  [said('EPROTO', 'write EPROTO: SSL routines::wrong version number'), /no TLS/, false],
  [said('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), /versions of TLS/, true],
  [said('ERR_SSL_UNSUPPORTED_PROTOCOL'), /versions of TLS/, true],
  [said('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), /no cipher in common/, true],
  [said('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'), /no cipher in common/, true],
  [said('ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY'), /no cipher in common/, true],
  [said('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /client certificate/, true],
  [said('ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), /does not serve that host name/, true],
  [said('ERR_SSL_UNEXPECTED_EOF_WHILE_READING'), /cut in the middle/, true],
  [
    said('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
    /cut in the middle/,
    true,
  ],
  [said('UPGRADE_TIMEOUT'), /cut in the middle/, true],
  [said('ERR_TLS_HANDSHAKE_TIMEOUT'), /cut in the middle/, true],
  [said('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'), /damaged/, true],
  [said('EPROTO'), /damaged/, true],
];

test('that a port does not answer with TLS is said only where what came is none', () => {
  for (const [error, cause, isTls] of handshakes) {
    const problem = explainNetwork(error, { ...peer, protocol: 'imap' });
    const { code } = error as { code: string };
    assert.equal(problem?.code, 'imap.tls', code);
    assert.match(problem?.cause ?? '', cause, code);
    assert.equal(/does not answer with TLS/.test(problem?.title ?? ''), !isTls, code);
  }
});

test('what is no failure of TLS is told as none', () => {
  for (const error of [said('ECONNRESET', 'read ECONNRESET'), said('EPIPE'), new Error('x'), {}])
    assert.equal(explainNetwork(error, { ...peer, protocol: 'imap' }), null);
});

/** What a real handshake with such a server ends in. */
async function handshake(
  t: TestContext,
  serve: (socket: Socket) => void,
  options: tls.ConnectionOptions = {},
) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ...options });
  const [error] = await once(socket, 'secureConnect').then(
    () => assert.fail('it connected'),
    (thrown) => [thrown],
  );
  return explainNetwork(error, { ...peer, protocol: 'imap' });
}

test('real handshakes that fail are told by what came', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { certFile, keyFile } = await (await createLabAuthority(folder)).issue();
  const context = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const over = (more: tls.SecureContextOptions) => (socket: Socket) => {
    const secured = new tls.TLSSocket(socket, {
      isServer: true,
      secureContext: tls.createSecureContext({ ...context, ...more }),
    });
    secured.on('error', () => {});
  };
  const plain = await handshake(t, (socket) => socket.write('* OK IMAP4rev1 ready\r\n'));
  assert.match(plain?.title ?? '', /does not answer with TLS/);
  const http = await handshake(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  assert.match(http?.title ?? '', /does not answer with TLS/);
  const cut = await handshake(t, (socket) => socket.once('data', () => socket.destroy()));
  assert.match(cut?.cause ?? '', /cut in the middle/);
  const ended = await handshake(t, (socket) => socket.once('data', () => socket.end()));
  assert.match(ended?.cause ?? '', /cut in the middle/);
  // A handshake record whose content is noise
  const noise = await handshake(t, (socket) => {
    socket.once('data', () => socket.end(Buffer.from([22, 3, 3, 0, 8, 2, 0, 0, 4, 9, 9, 9, 9])));
  });
  assert.doesNotMatch(noise?.title ?? '', /does not answer with TLS/);
  assert.equal(noise?.code, 'imap.tls');
  const old = await handshake(
    t,
    over({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  );
  assert.match(old?.cause ?? '', /versions of TLS/);
  const ciphers = await handshake(
    t,
    over({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }),
    {
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
    },
  );
  assert.match(ciphers?.cause ?? '', /no cipher in common/);
  const unknown = await handshake(t, over({}));
  assert.equal(unknown?.code, 'imap.certificate');
  assert.match(unknown?.remedy ?? '', /tls\.trust/);
  // Node advises to start it otherwise
  assert.doesNotMatch(JSON.stringify(unknown), /Node\.js|use-system-ca/);
  assert.match(unknown?.detail ?? '', /unable to .* certificate \(\w+\)/);
});
