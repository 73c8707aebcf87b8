import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { matrixTable, withTable } from '../test/matrix/document.ts';

/** Runs the matrix and writes its results into `docs/protocols.md`. Takes some minutes. */
const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('test/matrix/*.test.ts', { cwd: root })
  .filter((file) => basename(file) !== 'document.test.ts')
  .map((file) => join(root, file));

/** By file: what has passed or failed within the test that has not ended yet. */
const steps = new Map<string, Map<string, boolean>>();
const results = new Map<string, Map<string, boolean>>();

function note(
  { name, nesting, file = '' }: { name: string; nesting: number; file?: string },
  passed: boolean,
) {
  const within = steps.get(file) ?? new Map<string, boolean>();
  steps.set(file, within.set(name, passed));
  if (nesting > 0) return;
  results.set(name.split(':')[0] ?? '', within);
  steps.delete(file);
}

for await (const event of run({ files, concurrency: 2 })) {
  if (event.type === 'test:pass') note(event.data, true);
  if (event.type === 'test:fail') note(event.data, false);
}

const page = join(root, 'docs/protocols.md');
const table = matrixTable((protocol, grant, scenario) =>
  results.get(`${protocol} with ${grant}`)?.get(scenario),
);
writeFileSync(page, withTable(readFileSync(page, 'utf8'), table));
process.exitCode = /failed|not run/.test(table) ? 1 : 0;
