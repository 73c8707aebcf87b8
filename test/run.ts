import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readResults, unproven } from './promises/kept.ts';
import { promises } from './promises/page.ts';

/**
 * Runs the tests with node:test: all of them, those below the folders named (`npm test -- mime store`), or with
 * `npm test -- unit` those that need no other server, in less than a minute. The long ones, which kill processes and
 * fill disks, come last and each alone, so that they disturb nobody. It fails too where a test that proves a promise
 * (docs/promises.md) did not pass; in a run of all tests, where one did not run.
 */
const unit = [
  'architecture',
  'compose',
  'concurrency',
  'config',
  'mime',
  'network',
  'notices/notifier',
  'promises',
  'scripts',
  'store',
  'telemetry',
  'upgrade',
  'vault',
];
const { positionals } = parseArgs({ allowPositionals: true });
const wanted = positionals.flatMap((name) => (name === 'unit' ? unit : name));
const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('test/**/*.test.ts', { cwd: root })
  .toSorted()
  .filter((file) => wanted.length === 0 || wanted.some((folder) => file.startsWith(`test/${folder}`)));
const alone = files.filter((file) => file.startsWith('test/end-to-end/'));
const together = files.filter((file) => !alone.includes(file));
const reports = mkdtempSync(join(tmpdir(), 'letterbox-reports-'));

const failed = [runTests('together', together, 2), runTests('alone', alone, 1)].includes(false);
const results = globSync('*.jsonl', { cwd: reports }).flatMap((file) => readResults(join(reports, file)));
rmSync(reports, { recursive: true });
const problems = unproven(promises(), results, wanted.length === 0 ? 'all' : 'some');
if (files.length === 0) problems.push(`no test is in ${wanted.join(', ')}`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = failed || problems.length > 0 ? 1 : 0;

/** Whether all passed. What node:test says is for people; beside it, for the promises, it goes into a report. */
function runTests(report: string, chosen: string[], concurrency: number): boolean {
  if (chosen.length === 0) return true;
  const options = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'test/promises/reporter.ts')}`,
    `--test-reporter-destination=${join(reports, `${report}.jsonl`)}`,
    `--test-concurrency=${concurrency}`,
  ];
  const { status } = spawnSync(process.execPath, ['--test', ...options, ...chosen], {
    cwd: root,
    stdio: 'inherit',
    // A runner inside a runner reports to the outer one instead of people.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  return status === 0;
}
