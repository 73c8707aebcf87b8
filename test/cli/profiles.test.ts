import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBrowser } from '../../lab/browser.ts';
import { endings } from '../endings.ts';
import { startWorld } from '../oauth/world.ts';
import { until } from '../until.ts';
import { openShell, temporaryShell } from './shell.ts';

const clientId = '11111111-2222-3333-4444-555555555555';
const account = 'support@contoso.example';

test('a certificate is made, printed, renewed, and given from files', async (t) => {
  const shell = temporaryShell(t);
  const add = (name: string, ...words: string[]) => [
    ...['profile', 'add', '--name', name, '--tenant', 'contoso.com', '--client-id', clientId],
    ...['--client-authentication', 'certificate', ...words],
  ];
  const made = await shell.json(...add('Made'));
  const printed = await shell.letterbox('profile', 'certificate', 'Made');
  assert.equal(printed.stdout, made.clientCertificate.pem.trimEnd().concat('\n'));
  const renewed = await shell.json('profile', 'certificate', 'Made', '--renew');
  assert.notEqual(renewed.sha256, made.clientCertificate.sha256);

  writeFileSync(join(shell.folder, 'certificate.pem'), printed.stdout);
  const { code, stderr } = await shell.letterbox(...add('Given', '--certificate-file', 'certificate.pem'));
  assert.equal(code, 2);
  assert.match(stderr, /--certificate-file: expected its private key in PEM beside it/);
  const unread = await shell.letterbox(...add('Given', '--private-key-file', 'nowhere.pem'));
  assert.match(unread.stderr, /--private-key-file: expected a PEM file that can be read, got nowhere\.pem/);
});

test('a password comes from a file, and needs no app', async (t) => {
  const shell = temporaryShell(t);
  writeFileSync(join(shell.folder, 'password.txt'), 'old and dear\n');
  const words = ['profile', 'add', '--authentication', 'password', '--provider', 'custom', '--name'];
  const profile = await shell.json(...words, 'Old', '--password-file', 'password.txt');
  assert.deepEqual([profile.authentication, profile.state], ['password', 'connected']);
  const bare = await shell.letterbox(...words, 'Bare', '--password', 'old and dear');
  assert.equal(bare.code, 0, bare.stderr);
  assert.match(bare.stderr, /other users of this machine can see.*--password-file is safe/);
  const none = await shell.letterbox(...words, 'None');
  assert.match(none.stderr, /--password(-file|-stdin)?: expected the password/);
});

test('a code is printed, and the command ends when it was entered elsewhere', async (t) => {
  const { authority, certificates, folder } = await startWorld(t);
  authority.faults.deviceIntervalSeconds = 0.02;
  const app = authority.register({ publicClient: true });
  const shell = openShell(endings(t), {
    folder,
    settings: {
      dataFolder: 'shell',
      listen: { host: '127.0.0.1', port: 0 },
      tls: { trust: [certificates.caFile] },
      log: { level: 'silent' },
    },
  });
  await shell.json(
    ...['profile', 'add', '--name', 'Scanner', '--grant', 'device_code', '--client-id', app.clientId],
    ...['--client-authentication', 'none', '--token-url', authority.tokenUrl],
  );
  const started = shell.start(['profile', 'connect', 'Scanner', '--json']);
  await until('the code is printed', () => started.said.stdout.includes('\n'));
  const { verificationUri, userCode } = JSON.parse(started.said.stdout);
  await createBrowser().enterCode(verificationUri, userCode, account);
  assert.equal(await started.ended, 0, started.said.stderr);
  const [, last = ''] = started.said.stdout.trimEnd().split('\n');
  assert.equal(JSON.parse(last).profile.account.username, account);
});
