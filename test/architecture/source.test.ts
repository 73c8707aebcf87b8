import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(tool: string, ...parameters: string[]): string {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), parameters, {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}` || `exit code ${status}`;
}

test('the types hold, strictly', () => assert.equal(run('tsc', '--noEmit'), ''));

test('the code is formatted and free of lint', () => assert.equal(run('biome', 'check', '.'), ''));

test('no file of the server grows beyond what a reader holds in mind', () => {
  const lines = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length;
  assert.deepEqual(
    globSync('src/**/*.ts', { cwd: root }).filter((file) => lines(file) > 300),
    [],
  );
});
