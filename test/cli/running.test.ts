import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../until.ts';
import { main, type Shell, temporaryShell } from './shell.ts';

const destination = [
  ...['destination', 'add', '--url', 'https://tickets.contoso.com', '--allow-duplicate'],
  '--name',
];

function addProfile({ json }: Shell): Promise<unknown> {
  const client = ['--client-id', '11111111-2222-3333-4444-555555555555', '--client-secret', 'hush~'];
  return json('profile', 'add', '--name', 'Contoso', '--tenant', 'contoso.com', ...client);
}

test('while a server runs, commands go through it; while none runs, they do the same by themselves', async (t) => {
  const shell = temporaryShell(t);
  await shell.json(...destination, 'by itself');
  const server = await shell.serve();
  await shell.json(...destination, 'through the server');
  const names = async () =>
    (await shell.json('destination', 'list')).map(({ name }: { name: string }) => name).toSorted();
  assert.deepEqual(await names(), ['by itself', 'through the server']);
  await server.end('SIGTERM');
  assert.deepEqual(await names(), ['by itself', 'through the server']);
});

test('two commands at once, each by itself, wait for each other', async (t) => {
  const shell = temporaryShell(t);
  await Promise.all([shell.json(...destination, 'one'), shell.json(...destination, 'other')]);
  assert.equal((await shell.json('destination', 'list')).length, 2);
});

test('a second server on the same data folder is refused and names the process of the first', async (t) => {
  const shell = temporaryShell(t);
  const { child, end } = await shell.serve();
  const { code, stderr } = await shell.letterbox('serve');
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(`already runs on this data folder\n  process ${child.pid}, folder .*data\n`),
  );
  assert.match(stderr, new RegExp(`What to do: Stop process ${child.pid} first`));
  assert.equal(await end('SIGTERM'), 0);
});

test('what a killed server leaves behind disturbs neither a command nor the next server', async (t) => {
  const shell = temporaryShell(t);
  const first = await shell.serve();
  await first.end('SIGKILL');
  assert.ok(existsSync(join(shell.folder, 'data/letterbox.sock')));
  await shell.json(...destination, 'by itself');
  const second = await shell.serve();
  assert.equal((await shell.json('destination', 'list')).length, 1);
  assert.equal(await second.end('SIGTERM'), 0);
});

test('SIGTERM and SIGINT end the server in good order: exit code 0, nothing left behind', async (t) => {
  const shell = temporaryShell(t);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { end } = await shell.serve();
    assert.equal(await end(signal), 0);
    for (const file of ['letterbox.sock', 'letterbox.pid', 'letterbox.sqlite-wal'])
      assert.equal(existsSync(join(shell.folder, 'data', file)), false, file);
  }
});

test('a person is told where the server is and how to set it up, beside the log; a script in a line of JSON', async (t) => {
  const shell = temporaryShell(t);
  const { url, setUpToken, end } = await shell.serve();
  assert.match(url, /^https:\/\/localhost:\d+$/);
  assert.match(setUpToken, /^[\w-]{43}$/);
  await end('SIGTERM');
  const { said } = shell.start(['serve']);
  await until('the token is told', () => said.stderr.split('\n').length > 2);
  assert.match(
    said.stderr,
    /^Letterbox is at https:\/\/localhost:\d+\nTo set it up, .* set-up token: [\w-]{43}\n$/,
  );
  assert.equal(said.stdout, '');
});

test('a command whose reader has read enough (`| head`) ends well', async (t) => {
  const reading = temporaryShell(t).start(['profile', 'list']);
  reading.child.stdout.destroy();
  assert.deepEqual([await reading.ended, reading.said.stderr], [0, '']);
});

test('a result that cannot be written is a failure', async (t) => {
  const { folder: cwd, environment: env } = temporaryShell(t);
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const { status, stderr } = spawnSync(process.execPath, [main, 'profile', 'list'], {
    cwd,
    env,
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [1, 'letterbox: The result could not be written (ENOSPC).\n']);
});

test('a server outlives whoever reads its log', async (t) => {
  const shell = temporaryShell(t, { log: { level: 'warn' } });
  const { child, end } = await shell.serve();
  child.stdout.destroy();
  child.stderr.destroy();
  await addProfile(shell);
  await shell.json(
    'server',
    'add',
    '--name',
    'Support',
    '--address',
    'support@contoso.com',
    '--profile',
    'Contoso',
  );
  // Its trouble is logged, and nobody reads that.
  await until('the mailbox is in trouble', async () => {
    const [{ state }] = await shell.json('server', 'list');
    return state.condition === 'failing';
  });
  assert.equal(await end('SIGTERM'), 0);
});

test('a command that waits for the server is told when the server ends', async (t) => {
  const shell = temporaryShell(t);
  const server = await shell.serve();
  await addProfile(shell);
  const waiting = shell.start(['profile', 'connect', 'Contoso']);
  await until('it waits', () => waiting.said.stdout.includes('/connect'));
  assert.equal(await server.end('SIGTERM'), 0);
  assert.equal(await waiting.ended, 1);
  assert.match(waiting.said.stderr, /^letterbox: /);
  assert.match(waiting.said.stderr, /What to do: /);
});
