import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { functionsAbove } from './functions.ts';
import { parsedFiles, root } from './parsed.ts';

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

/** Long for good, and why. */
const exempt: Record<string, string> = {
  'src/store/sql/migrations/0001-first.ts up': 'a released migration is never changed',
};

test('no function of the server or of the lab grows beyond what a reader sees at once', () => {
  const found = parsedFiles('{src,lab}/**/*.{ts,js}').flatMap((file) => functionsAbove(60, file));
  assert.deepEqual(
    found.map(({ name }) => name),
    Object.keys(exempt),
  );
});

test('the measure is not blind: a function counts with all that lies in it', () => {
  const found = parsedFiles('test/architecture/functions.ts').flatMap((file) => functionsAbove(5, file));
  assert.deepEqual(
    found.map(({ name }) => name),
    ['test/architecture/functions.ts functionsAbove'],
  );
});
