import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { problemKinds } from '../../src/model/problem.ts';
import { walk } from './problem-walk.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('src/**/*.ts', { cwd: root }).map((file) => ({
  file,
  ...walk(readFileSync(join(root, file), 'utf8')),
}));
const definitions = files.flatMap(({ file, definitions }) =>
  definitions.map((definition) => ({ file, ...definition })),
);

test('every definition of a problem is seen', () => {
  assert.ok(definitions.length >= 180, `${definitions.length} definitions`);
  assert.ok(definitions.filter(({ codes }) => codes.length > 0).length >= 115);
  const made = files.map(({ file }) => readFileSync(join(root, file), 'utf8').match(/new Problem\(/g) ?? []);
  assert.ok(made.flat().length >= 100);
});

test('a code is defined at one place', () => {
  const places = Map.groupBy(
    definitions.flatMap(({ file, codes }) => codes.map((code) => ({ file, code }))),
    ({ code }) => code,
  );
  const twice = [...places].filter(([, at]) => at.length > 1);
  assert.deepEqual(
    twice.map(([code, at]) => [code, ...at.map(({ file }) => file)]),
    [],
  );
});

test('every kind is one of the table, and every remedy says something', () => {
  for (const { file, codes, kinds, remedies } of definitions) {
    for (const kind of kinds) assert.ok(Object.hasOwn(problemKinds, kind), `${file}: ${kind}`);
    for (const remedy of remedies) assert.notEqual(remedy.trim(), '', `${file}: ${codes}`);
  }
});

test('every kind of the table is some problem’s', () => {
  const used = new Set(definitions.flatMap(({ kinds }) => kinds));
  assert.deepEqual(
    Object.keys(problemKinds).filter((kind) => !used.has(kind)),
    [],
  );
});

/** The codes are the YAML parser's there. */
const othersCodes = ['src/config/yaml-file.ts: a table by code'];

test('nothing goes by the spelling of a problem’s code', () => {
  assert.deepEqual(
    files.flatMap(({ file, spelled }) => spelled.map((code) => `${file}: ${code}`)),
    othersCodes,
  );
});

test('the walk is not blind to any way of going by a code', () => {
  for (const source of [
    "if (problem.code === 'imap.refused') again();",
    "if (state?.problem?.code !== 'ews.disabled') again();",
    "const f = ({ code }: Problem) => code === 'usage';",
    "const f = ({ code }: Problem) => code.endsWith('.throttled');",
    "problem.code.startsWith('oauth.');",
    'refusal.test(problem.code);',
    '/\\.(throttled|in-use)$/.test(code);',
    'lasting.includes(problem.code);',
    'statuses[problem.code];',
    "switch (problem.code) { case 'not-found': again(); }",
  ])
    assert.notDeepEqual(walk(source).spelled, [], source);
  for (const source of [
    'if (problem.code === told) again();',
    "if (error.code === 'ECONNRESET') again();",
    "if (code.startsWith('HPE_')) again();",
  ])
    assert.deepEqual(walk(source).spelled, [], source);
});
