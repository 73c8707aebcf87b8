import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readResults, unproven } from './kept.ts';
import { root } from './page.ts';

const suite = `
import { describe, test } from 'node:test';
test('passes', async (t) => {
  await t.test('a part passes', () => {});
});
test('fails', () => { throw new Error('no'); });
test('is skipped', { skip: true }, () => {});
test('skips itself', (t) => t.skip('no server'));
test('fails, and is to do', { todo: true }, () => { throw new Error('no'); });
describe('a suite', () => { test('in it', () => {}); });
describe('a suite that fails', () => { test('in it too', () => { throw new Error('no'); }); });
`;

test('the report of a run says of every test and suite what became of it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [file, report] = [join(folder, 'one.test.mjs'), join(folder, 'report.jsonl')];
  writeFileSync(file, suite);
  const reporter = join(root, 'test/promises/reporter.ts');
  const options = [`--test-reporter=${reporter}`, `--test-reporter-destination=${report}`];
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { status } = spawnSync(process.execPath, ['--test', ...options, file], { env });
  assert.equal(status, 1);
  assert.deepEqual(
    readResults(report).map(({ name, outcome }) => [name, outcome]),
    [
      ['a part passes', 'passed'],
      ['passes', 'passed'],
      ['fails', 'failed'],
      ['is skipped', 'skipped'],
      ['skips itself', 'skipped'],
      ['fails, and is to do', 'todo'],
      ['in it', 'passed'],
      ['a suite', 'passed'],
      ['in it too', 'failed'],
      ['a suite that fails', 'failed'],
    ],
  );
});

test('a promise is proven only by tests that ran and passed; of some tests, by those that ran', () => {
  const promises = [
    { number: 'P1', tests: ['good', 'twice'] },
    { number: 'P2', tests: ['bad', 'left out', 'to do', 'nowhere'] },
  ];
  const results = [
    { name: 'good', outcome: 'passed' },
    { name: 'twice', outcome: 'passed' },
    { name: 'twice', outcome: 'skipped' },
    { name: 'bad', outcome: 'failed' },
    { name: 'left out', outcome: 'skipped' },
    { name: 'to do', outcome: 'todo' },
  ] as const;
  const said = [
    'P1 is not proven: the test ‘twice’ was skipped',
    'P2 is not proven: the test ‘bad’ failed',
    'P2 is not proven: the test ‘left out’ was skipped',
    'P2 is not proven: the test ‘to do’ is still to do',
  ];
  assert.deepEqual(unproven(promises, [...results], 'some'), said);
  assert.deepEqual(unproven(promises, [...results], 'all'), [
    ...said,
    'P2 is not proven: the test ‘nowhere’ did not run',
  ]);
});
