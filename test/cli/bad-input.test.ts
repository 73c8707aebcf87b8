import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Shell, temporaryShell } from './shell.ts';

/** An app's ID, as Azure makes them. */
const guid = '11111111-2222-3333-4444-555555555555';

const profile = [
  'profile',
  'add',
  '--tenant',
  'contoso.com',
  '--client-id',
  guid,
  '--client-secret',
  'hush~',
];
const contoso = [...profile, '--name', 'Contoso'];
const support = ['server', 'add', '--name', 'Support', '--address', 'support@contoso.com', '--paused'];
const tickets = ['destination', 'add', '--name', 'Tickets', '--url', 'https://tickets.contoso.com'];

/** Everything that can be listed, to find that nothing was changed. */
async function everything({ json }: Shell): Promise<unknown> {
  return Promise.all(['profile', 'server', 'destination'].map((noun) => json(noun, 'list')));
}

test('each wrong value is answered with its option, what is expected and what was given, and changes nothing', async (t) => {
  const shell = temporaryShell(t);
  await shell.serve();
  await shell.json(...contoso);
  await shell.json(...support, '--profile', 'Contoso');
  const before = await everything(shell);
  const cases: [words: string[], told: string[]][] = [
    [contoso, ['--name: expected a name that no other profile has, got Contoso']],
    [
      [
        'profile',
        'add',
        '--name',
        '',
        '--client-id',
        guid,
        '--grant',
        'password',
        '--scope',
        'a',
        '--scope',
        'b"',
      ],
      [
        '--name: expected a value, got nothing',
        '--grant: expected one of authorization_code, client_credentials, device_code, got password',
        '--scope: expected scopes separated by spaces (RFC 6749 3.3), got b"',
        '--client-secret-file: expected a value',
      ],
    ],
    [
      ['profile', 'add', '--name', 'x', '--client-id', 'app', '--tenant', 'contoso com'],
      [
        '--client-secret-file: expected the client secret’s value',
        '--tenant: expected a tenant ID (a GUID) or a verified domain such as contoso.com, got contoso com',
        '--client-id: expected the Application (client) ID, a GUID, got app',
      ],
    ],
    [
      [...profile, '--name', 'x', '--client-secret-expires-on', '30.06.2027'],
      ['--client-secret-expires-on: expected a date such as 2027-06-30, got 30.06.2027'],
    ],
    [
      [
        'server',
        'add',
        '--name',
        'x',
        '--address',
        'x',
        '--profile',
        'Contoso',
        '--port',
        '99999',
        '--host',
        'a b',
      ],
      [
        '--address: expected a mail address such as support@contoso.com, got x',
        '--host: expected a host name such as outlook.office365.com, without https:// and port, got a b',
        '--port: expected at most 65535, got 99999',
      ],
    ],
    [
      [...support, '--profile', 'Contosso'],
      ['--profile: expected the name or id of an existing credential profile such as Contoso, got Contosso'],
    ],
    [
      [...support, '--profile', 'Contoso', '--after-intake', 'move'],
      ['--move-to: expected the folder to move to'],
    ],
    [
      [...support, '--profile', 'Contoso', '--start-from', '1.1.', '--folder', '', '--after-intake', 'burn'],
      [
        '--folder: expected a value, got nothing',
        '--start-from: expected "everything", "now" or a date such as 2026-01-31, got 1.1.',
        '--after-intake: expected one of leave, mark-read, move, delete, got burn',
      ],
    ],
    [
      [...support, '--profile', 'Contoso', '--certificate-authority', 'nowhere.pem'],
      ['--certificate-authority: expected a PEM file that can be read, got nowhere.pem (ENOENT)'],
    ],
    [
      [...tickets, '--server', 'Sales'],
      ['--server: expected the name or id of an existing incoming email server, got Sales'],
    ],
    [
      ['destination', 'add', '--name', 'x', '--url', 'http://10.0.0.1/'],
      [
        '--url: expected a public address, or a private one within delivery.allowPrivateAddresses, got 10.0.0.1',
      ],
    ],
    [
      ['deliveries', 'list', '--state', 'lost', '--before', 'x', '--limit', '0'],
      [
        '--state: expected one of pending, delivered, dead, got lost',
        '--before: expected the "next" of the page before, got x',
        '--limit: expected at least 1, got 0',
      ],
    ],
    [
      ['deliveries', 'replay', '--dead', '--destination', 'x'],
      ['--destination: expected the name or id of an existing destination, got x'],
    ],
  ];
  for (const [words, told] of cases) {
    const { code, stdout, stderr } = await shell.letterbox(...words);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    const lines = stderr.split('\n').filter((line) => line.startsWith('  '));
    assert.deepEqual(
      lines.map((line) => line.trim()),
      told,
    );
    assert.match(stderr, /\nWhat to do: /);
    assert.doesNotMatch(stderr, /hush/);
  }
  assert.deepEqual(await everything(shell), before);
});

test('a name that nothing has is answered with one that is near, and exit code 1', async (t) => {
  const shell = temporaryShell(t);
  await shell.serve();
  await shell.json(...contoso);
  for (const [words, told] of [
    [['profile', 'show', 'Contosso'], /no such credential profile\n {2}Contosso; did you mean Contoso\?\n/],
    [['doctor', 'Support'], /no such incoming email server\n {2}Support\n.*See letterbox server list\.\n$/],
    [['messages', 'show', 'msg_x'], /no such message/],
    [['deliveries', 'replay', 'dlv_x'], /no such delivery/],
    [['quarantine', 'process', '../servers'], /no such quarantined message/],
  ] as const) {
    const { code, stdout, stderr } = await shell.letterbox(...words);
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, told);
  }
});

test('with --json wrong values bear the names of their options too', async (t) => {
  const shell = temporaryShell(t);
  const { code, stderr } = await shell.letterbox('messages', 'list', '--limit', 'all', '--json');
  assert.equal(code, 2);
  const { problem } = JSON.parse(stderr);
  assert.deepEqual(problem.fields, [{ field: '--limit', expected: 'a number', given: 'all' }]);
  assert.match(problem.detail, /^--limit: /);
});

test('a name counts with its capitals only where they tell two apart', async (t) => {
  const shell = temporaryShell(t);
  await shell.serve();
  await shell.json(...contoso);
  assert.equal((await shell.json('profile', 'show', 'CONTOSO')).name, 'Contoso');
  const other = await shell.json(...profile, '--name', 'contoso', '--allow-duplicate');
  assert.equal((await shell.json('profile', 'show', 'contoso')).id, other.id);
  assert.equal((await shell.letterbox('profile', 'remove', 'CONTOSO', '--yes')).code, 1);
  assert.equal((await shell.json('profile', 'list')).length, 2);
});

test('a configuration with anything wrong is refused before anything begins: name, expectation and place', async (t) => {
  const shell = temporaryShell(t);
  writeFileSync(join(shell.folder, 'letterbox.yaml'), 'listen:\n  prot: 1\nlog: { level: loud }\n');
  const environment = { LETTERBOX_LISTEN_PORT: 'http' };
  for (const words of [['serve'], ['profile', 'list']]) {
    const { code, stdout, stderr } = await shell.run(words, { environment });
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(
      stderr,
      [
        'letterbox: 3 fields are wrong',
        '  listen.prot: expected a setting that is known; did you mean listen.port? (letterbox.yaml:2)',
        '  log.level: expected one of trace, debug, info, warn, error, silent, got loud (letterbox.yaml:3)',
        '  listen.port: expected a whole number from 0 to 65535, got http (environment variable LETTERBOX_LISTEN_PORT)',
        'What to do: Correct the named fields and try again. Nothing was changed.',
        '',
      ].join('\n'),
    );
  }
  const { code, stderr } = await shell.letterbox('profile', 'list', '--config', 'nowhere.yaml');
  assert.equal(code, 2);
  assert.match(stderr, /--config: expected a file that can be read, got nowhere\.yaml \(ENOENT\)/);
});
