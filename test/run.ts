import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * Runs the tests with node:test: all of them, those below the folders named (`npm test -- mime store`), or with
 * `npm test -- unit` those that need no other server, in less than a minute. The long ones, which kill processes and
 * fill disks, come last and each alone, so that they disturb nobody.
 */
const unit = [
  'architecture',
  'compose',
  'concurrency',
  'config',
  'mime',
  'network',
  'notices/notifier',
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

const failed = [
  runTests(together, ['--test-concurrency=2']),
  runTests(alone, ['--test-concurrency=1']),
].includes(false);
if (files.length === 0) process.stderr.write(`no test is in ${wanted.join(', ')}\n`);
process.exitCode = failed || files.length === 0 ? 1 : 0;

function runTests(chosen: string[], options: string[]): boolean {
  if (chosen.length === 0) return true;
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...options, ...chosen], {
    cwd: root,
    stdio: 'inherit',
    // A runner inside a runner reports to the outer one instead of people.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  return status === 0;
}
