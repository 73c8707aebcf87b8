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

const passed = new Map<string, boolean>();
for await (const event of run({ files, concurrency: 2 }))
  if (event.type === 'test:pass' || event.type === 'test:fail')
    passed.set(event.data.name, event.type === 'test:pass');

const page = join(root, 'docs/protocols.md');
const table = matrixTable((name) => passed.get(name));
writeFileSync(page, withTable(readFileSync(page, 'utf8'), table));
process.exitCode = /failed|not run/.test(table) ? 1 : 0;
