import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { root } from '../architecture/parsed.ts';
import { temporaryFolder } from '../store/fixtures.ts';

/** The script in a folder of its own, with an npm that writes down what it is asked, and a Debian that has everything. */
function startPreparing(t: TestContext) {
  const folder = temporaryFolder(t);
  const lock = join(folder, 'package-lock.json');
  const asked = join(folder, 'asked');
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(lock, '{}');
  cpSync(join(root, 'scripts/prepare.mjs'), join(folder, 'scripts/prepare.mjs'));
  for (const [name, text] of Object.entries({
    npm: `echo "$@" >> '${asked}'; rm -rf node_modules; mkdir node_modules`,
    'dpkg-query': 'echo "Status: install ok installed"',
  })) {
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  return {
    change: () => appendFileSync(lock, '\n'),
    /** What npm was asked for a purpose; empty when nothing. */
    prepare(purpose: string): string {
      const before = existsSync(asked) ? readFileSync(asked, 'utf8') : '';
      const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/prepare.mjs'), purpose], {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${programs}:${process.env.PATH}` },
      });
      assert.equal(status, 0, stderr);
      return (existsSync(asked) ? readFileSync(asked, 'utf8') : '').slice(before.length);
    },
  };
}

test('to serve, the packages for production are installed, once; to develop, all of them, which also serve', (t) => {
  const { prepare } = startPreparing(t);
  assert.match(prepare('start'), /^ci --omit=dev /);
  assert.equal(prepare('start'), '');
  assert.match(prepare('test'), /^ci --include=dev /);
  for (const purpose of ['demo', 'start', 'test']) assert.equal(prepare(purpose), '', purpose);
});

test('they are installed again when the lock file has changed', (t) => {
  const { prepare, change } = startPreparing(t);
  assert.match(prepare('demo'), /--include=dev/);
  change();
  assert.match(prepare('start'), /--omit=dev/);
  change();
  assert.match(prepare('start'), /--omit=dev/);
});
