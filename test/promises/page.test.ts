import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promises, readPromises, root } from './page.ts';

const entries = promises();
const sources = globSync(['src/**/*.ts', 'test/**/*.ts'], { cwd: root }).map((file) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
}));

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

test('every promise that code or a test cites is on the page', () => {
  const known = new Set(entries.map(({ number }) => number));
  const cited = sources.flatMap(({ file, text }) =>
    [...new Set(text.match(/\bP\d{1,2}\b/g))].map((number) => ({ file, number })),
  );
  assert.ok(cited.length > 100, `${cited.length} were found`);
  assert.deepEqual(
    cited.filter(({ number }) => !known.has(number)).map(({ file, number }) => `${number} in ${file}`),
    [],
  );
});

test('every test that the page names is in some file under this name', () => {
  const names = new Set(
    sources.filter(({ file }) => file.endsWith('.test.ts')).flatMap(({ text }) => testNames(text)),
  );
  assert.deepEqual(
    entries.flatMap(({ number, tests }) =>
      tests.filter((name) => !names.has(name)).map((name) => `${number}: ${name}`),
    ),
    [],
  );
});
