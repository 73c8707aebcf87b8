import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { builtIn, resourcesOf } from '../../src/adapters.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { runCli } from '../../src/cli/cli.ts';
import type { CliDeps } from '../../src/cli/command.ts';
import { commandsOf } from '../../src/cli/commands/index.ts';

const resources = Object.values(resourcesOf(builtIn));
const commands = commandsOf(resources);

/** A command line that must be answered before anything is opened, read or asked. */
async function type(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const untouched = () => assert.fail('something was opened');
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCli(words, {
    open: untouched,
    serve: untouched,
    resources,
    environment: {},
    folder: '/nowhere',
    stdin: new PassThrough() as unknown as CliDeps['stdin'],
    stdout: stdout as unknown as CliDeps['stdout'],
    stderr: stderr as unknown as CliDeps['stderr'],
  });
  return { code, stdout: await text(stdout.end()), stderr: await text(stderr.end()) };
}

/** What stands below the title, one line for each thing that is wrong. */
async function mistakes(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await type(...words);
  assert.deepEqual([code, stdout], [2, ''], words.join(' '));
  assert.match(stderr, /^letterbox: The command line is wrong\n/);
  assert.match(stderr, /\nWhat to do: See letterbox [a-z ]*--help\.\n$/);
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.trim());
}

test('every command is listed, and explains itself and each of its options', async () => {
  const all = await type('--help');
  assert.equal(all.code, 0);
  for (const { name, summary, options } of commands) {
    assert.ok(all.stdout.includes(name) && all.stdout.includes(summary), name);
    const { code, stdout } = await type(...name.split(' '), '--help');
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(`Usage: letterbox ${name}`), stdout);
    assert.ok(stdout.includes(summary));
    for (const option of [...Object.keys(options), 'config', 'json', 'help'])
      assert.ok(stdout.includes(`\n  --${option} `), `${name} --${option}`);
  }
});

test('what an option takes is said in words: what it is, what it is by default, and what it goes with', async () => {
  for (const [words, told] of [
    ['server add', '--security SECURITY Encryption: tls (default) or starttls'],
    ['server add', '--profile PROFILE Credential profile, by name or id (required)'],
    ['server add', '--port PORT Port. By default the protocol’s own, such as 993'],
    ['server add', '--start-from START Which mail: now (default), everything or a date such as 2026-01-31'],
    [
      'server add',
      '--move-to FOLDER Folder to move to. It must exist in the mailbox. With --after-intake move',
    ],
    [
      'server add',
      '--delete-after-days DAYS After so many days. By default at once. With --after-intake delete',
    ],
    [
      'server add',
      '--answer-subject TEXT Subject. By default Auto: your mail has arrived. With --answer-with',
    ],
    ['server set', '--security SECURITY Encryption: tls or starttls --port PORT Port --username'],
    ['server set', '--no-paused Paused: no'],
    [
      'destination add',
      '--server SERVER Servers: incoming email servers, by name or id. By default all servers, also those added later (may be repeated)',
    ],
    [
      'destination add',
      '--no-enabled Deliver: no. While this is off, no deliveries are made for new messages',
    ],
    ['profile add', '--private-key-file FILE The private key, where it is not in the same file'],
    ['profile add', 'The client secret may also come in the variable LETTERBOX_CLIENT_SECRET.'],
    ['notifications set', '--off Nobody is told'],
    ['server remove', '--keep-messages It is deleted alone: the messages that came through it stay here'],
  ] as const) {
    const { stdout } = await type(...words.split(' '), '--help');
    assert.ok(stdout.replace(/\s+/g, ' ').includes(told), `${told}\n${stdout}`);
  }
});

test('help is had before and after a command, and of a group', async () => {
  assert.deepEqual(await type('help', 'profile', 'add'), await type('profile', 'add', '-h'));
  assert.deepEqual(await type('help'), await type('--help'));
  const group = await type('help', 'server');
  assert.deepEqual(group, await type('server', '--help'));
  assert.match(group.stdout, /server sync/);
  assert.doesNotMatch(group.stdout, /profile add/);
});

test('a slip of the keyboard is answered with what was meant', async () => {
  for (const [line, expected] of [
    ['profil list', 'profil: there is no such command; did you mean profile?'],
    ['deliverys list', 'deliverys: there is no such command; did you mean deliveries?'],
    ['server snyc', 'server snyc: there is no such command; did you mean server sync?'],
    ['serve --jsno', '--jsno: there is no such option; did you mean --json?'],
    ['profile list --Config x', '--Config: there is no such option; did you mean --config?'],
    ['server sync Support --onec', '--onec: there is no such option; did you mean --once?'],
    ['quarantine frobnicate', 'quarantine frobnicate: there is no such command'],
    ['profile list --frobnicate', '--frobnicate: there is no such option'],
    ['profile list -x', '-x: there is no such option'],
  ] as const)
    assert.deepEqual(await mistakes(...line.split(' ')), [expected]);
});

test('what is missing, repeated, empty or too much is named, all of it at once', async () => {
  for (const [words, expected] of [
    [[], ['COMMAND: must be given first']],
    [['--config', 'x', 'serve'], ['COMMAND: must be given first']],
    [['profile'], ['profile: must be followed by one of add, set, list, show, connect, certificate, remove']],
    [['serve', 'now'], ['serve: takes options only']],
    [['profile', 'show'], ['PROFILE: must be given']],
    [['messages', 'show', ''], ['MESSAGE: must not be empty']],
    [
      ['server', 'sync', 'My', 'mailbox'],
      ['SERVER: may be given once only; put names with spaces in quotes'],
    ],
    [
      ['server', 'add', '--name', '--paused', '--paused=yes', '--port'],
      [
        '--name: needs a value; one that begins with a dash is given as --name=NAME',
        '--paused: takes no value',
        '--port: needs a value: PORT',
        '--address: must be given',
        '--profile: must be given',
      ],
    ],
    [['messages', 'list', '--limit', '1', '--limit', '2'], ['--limit: may be given once only']],
    [['deliveries', 'replay'], ['DELIVERY: must be given, or --dead instead for all dead letters']],
    [
      ['deliveries', 'replay', 'x', '--dead'],
      ['DELIVERY: must be given, or --dead instead for all dead letters'],
    ],
    [['deliveries', 'replay', 'x', '--destination', 'y'], ['--destination: may be given with --dead only']],
  ] as [string[], string[]][])
    assert.deepEqual(await mistakes(...words), expected);
});

test('what may be a secret in the wrong place is never repeated', async () => {
  for (const line of [
    'profile add hush',
    'profile add --name x --client-id y hush',
    'profile add --clientsecret hush',
    'profile add --clientsecret=hush',
    'profile add --client-secret --hush=hush',
    'profile add --client-secret hush --client-secret hush',
    'profile add --client-secret-stdin=hush',
    'profile list hush',
    'profile show x hush',
  ]) {
    const { code, stdout, stderr } = await type(...line.split(' '));
    assert.equal(code, 2, line);
    assert.doesNotMatch((stdout + stderr).replaceAll('--hush', ''), /hush/, line);
  }
});

test('with --json a problem is one line of JSON on standard error, and standard output stays empty', async () => {
  const { code, stdout, stderr } = await type('profile', 'lsit', '--json');
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^[^\n]+\n$/);
  const { problem } = JSON.parse(stderr);
  assert.equal(problem.code, 'usage');
  assert.deepEqual(problem.fields, [
    { field: 'profile lsit', expected: 'there is no such command; did you mean profile list?' },
  ]);
});

test('the command lines in the README are right', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replace(/\\\n/g, ' ');
  const lines = readme.match(/(?<=^npx letterbox ).+$/gm) ?? [];
  assert.ok(lines.length > 0);
  for (const line of lines) {
    const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
    const length = commands.some(({ name }) => name === words[0]) ? 1 : 2;
    const command = commands.find(({ name }) => name === words.slice(0, length).join(' '));
    assert.ok(command, line);
    parseArguments(words.slice(length), command);
  }
});
