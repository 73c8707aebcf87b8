import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { endings } from '../endings.ts';
import { startWorld } from '../oauth/world.ts';
import { openShell, temporaryShell } from './shell.ts';

const add = [
  'profile',
  'add',
  '--tenant',
  'contoso.com',
  '--client-id',
  '11111111-2222-3333-4444-555555555555',
];

test('a client secret arrives byte for byte, by file, standard input, environment or option', async (t) => {
  const { authority, certificates, folder } = await startWorld(t);
  const shell = openShell(endings(t), {
    folder,
    settings: {
      dataFolder: 'shell',
      listen: { host: '127.0.0.1', port: 0 },
      tls: { trust: [certificates.caFile] },
      log: { level: 'silent' },
    },
  });
  await shell.serve();
  // All that may stand in one is printable ASCII (RFC 6749 A.2).
  const clientSecret = ' -~+&%"\'\\$(x)= ';
  const { clientId } = authority.register({ appOnly: true, upn: 'support@contoso.example', clientSecret });
  writeFileSync(join(folder, 'unix.txt'), `${clientSecret}\n`);
  writeFileSync(join(folder, 'windows.txt'), `${clientSecret}\r\n`);
  for (const [name, words, by] of [
    ['unix', ['--client-secret-file', 'unix.txt'], {}],
    ['windows', ['--client-secret-file', 'windows.txt'], {}],
    ['stdin', ['--client-secret-stdin'], { input: `${clientSecret}\n` }],
    ['environment', [], { environment: { LETTERBOX_CLIENT_SECRET: clientSecret } }],
    ['option', [`--client-secret=${clientSecret}`], {}],
  ] as const) {
    const { code, stderr } = await shell.run(
      [
        ...['profile', 'add', '--name', name, '--grant', 'client_credentials', '--client-id', clientId],
        ...['--authorization-url', authority.authorizationUrl, '--token-url', authority.tokenUrl],
        ...words,
      ],
      by,
    );
    assert.equal(code, 0, stderr);
    assert.equal(stderr.includes('other users of this machine can see'), name === 'option');
    const connected = await shell.letterbox('profile', 'connect', name);
    assert.equal(connected.code, 0, connected.stderr);
  }
});

test('what cannot be a client secret is refused by the name of its option, and is not repeated', async (t) => {
  const shell = temporaryShell(t);
  mkdirSync(join(shell.folder, 'folder'));
  writeFileSync(join(shell.folder, 'large'), 'hush'.repeat(20_000));
  writeFileSync(join(shell.folder, 'binary'), Buffer.from('hush\xff', 'latin1'));
  writeFileSync(join(shell.folder, 'lines'), 'hush\nhush\n');
  writeFileSync(join(shell.folder, 'empty'), '\n');
  const file = (name: string) => ['--client-secret-file', name];
  for (const [words, told, by] of [
    [file('nowhere'), /--client-secret-file: expected a file that can be read, got nowhere \(ENOENT\)/, {}],
    [file('folder'), /--client-secret-file: expected a file that can be read, got folder \(EISDIR\)/, {}],
    [file('large'), /--client-secret-file: expected a client secret in UTF-8 of at most 64 KiB\n/, {}],
    [file('binary'), /--client-secret-file: expected a client secret in UTF-8 of at most 64 KiB\n/, {}],
    [file('lines'), /--client-secret-file: expected one line without tabs or line ends\n/, {}],
    [file('empty'), /--client-secret-file: expected the client secret’s value\n/, {}],
    [
      ['--client-secret-stdin'],
      /--client-secret-stdin: expected a client secret in UTF-8 of at most 64 KiB\n/,
      { input: 'hush'.repeat(1_000_000) },
    ],
    [
      ['--client-secret', '01234567-89ab-cdef-0123-456789abcdef'],
      /--client-secret: expected the secret’s Value; this is its Secret ID/,
      {},
    ],
    [
      ['--client-secret', 'hush', '--client-secret-stdin'],
      /--client-secret-stdin: may be given alone only\n {2}--client-secret: may be given alone only\n/,
      {},
    ],
  ] as const) {
    const { code, stdout, stderr } = await shell.run([...add, '--name', 'Contoso', ...words], by);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, told);
    assert.doesNotMatch(stderr, /hush|0123-4567/);
  }
  assert.deepEqual(await shell.json('profile', 'list'), []);
});
