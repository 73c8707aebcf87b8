import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../until.ts';
import { temporaryShell } from './shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'bin/letterbox.mjs');
/** Makes a Node take itself for one that is too old. */
const old = `--import=data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})`;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-bin-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('`npx letterbox` runs the command of this checkout, without asking a registry', (t) => {
  const folder = temporaryFolder(t);
  const others = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const environment = {
    ...Object.fromEntries(others),
    npm_config_cache: join(folder, 'cache'),
    npm_config_registry: 'http://127.0.0.1:9/',
    LETTERBOX_DATA_FOLDER: join(folder, 'data'),
  };
  const { status, stdout, stderr } = spawnSync('npx', ['letterbox', 'profile', 'list', '--json'], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout], [0, '[]\n'], stderr);
  assert.doesNotMatch(stderr, /EBADENGINE/);
});

test('started by an older Node, the command finds the newer one and passes on what it says', (t) => {
  const { folder: cwd, environment: env } = temporaryShell(t);
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [old, bin, ...words], { cwd, env, encoding: 'utf8' });
  const good = run('messages', 'list');
  assert.deepEqual([good.status, good.stdout, good.stderr], [0, 'There are no such messages.\n', '']);
  const bad = run('messages', 'lsit');
  assert.deepEqual([bad.status, bad.stdout], [2, '']);
  assert.match(bad.stderr, /did you mean messages list\?/);
});

test('a signal to the older Node ends the server in good order', async (t) => {
  const { folder: cwd, environment: env } = temporaryShell(t);
  const child = spawn(process.execPath, [old, bin, 'serve', '--json'], { cwd, env });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'close');
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  await until('it serves', () => said.includes('"url"') || child.exitCode !== null);
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});

test('where there is no newer Node, the command says how to get it', (t) => {
  const folder = temporaryFolder(t);
  cpSync(bin, join(folder, 'bin/letterbox.mjs'));
  const { status, stderr } = spawnSync(process.execPath, [old, join(folder, 'bin/letterbox.mjs')], {
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /^letterbox: Letterbox needs Node 24, and this is v/);
  assert.match(stderr, /What to do: run npm install in /);
});
