import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promises, readPromises, root } from './page.ts';

const entries = promises();
const testFiles = globSync('test/**/*.test.ts', { cwd: root }).map((file) =>
  readFileSync(join(root, file), 'utf8'),
);

/** The names of the tests and suites in a file, as they are written there. */
function testNames(text: string): string[] {
  return [...text.matchAll(/\b(?:test|describe)\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/g)].map(
    ([, single = '', double = '']) => (single || double).replace(/\\(.)/g, '$1'),
  );
}

test('the page is read as a list of promises, each with its tests', () => {
  const page =
    '# All\n\n### P1: One\n\nText, `code`.\n\n- `first: a`\n- `second`\n\n## Part\n\n### P20: Two\n';
  assert.deepEqual(readPromises(page), [
    { number: 'P1', tests: ['first: a', 'second'] },
    { number: 'P20', tests: [] },
  ]);
});

test('each promise stands on the page once, in order, and is proven by some test', () => {
  const numbers = entries.map(({ number }) => Number(number.slice(1)));
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].toSorted((a, b) => a - b),
  );
  assert.deepEqual(
    entries.filter(({ tests }) => tests.length === 0 || new Set(tests).size < tests.length),
    [],
  );
});

test('every test that the page names is in some file under this name', () => {
  const names = new Set(testFiles.flatMap(testNames));
  assert.deepEqual(
    entries.flatMap(({ number, tests }) =>
      tests.filter((name) => !names.has(name)).map((name) => `${number}: ${name}`),
    ),
    [],
  );
});
