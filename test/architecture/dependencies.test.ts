import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { everyNode, parsedFiles, root, type SyntaxNode } from './parsed.ts';

/** Packages that are needed to run Letterbox although no file of it imports them, and why. */
const notImported: Record<string, string> = {
  node: 'the Node that `npm start` and bin/letterbox.mjs run Letterbox with, whatever the machine has',
};

/** What a node imports when it runs; types are gone by then. */
function importedBy({ type, typeOnly, source, callee, arguments: given }: SyntaxNode): unknown[] {
  const textOf = (node: unknown) => (node as { value?: unknown } | null | undefined)?.value;
  if (/^(Import|Export).*Declaration$/.test(type ?? '')) return typeOnly ? [] : [textOf(source)];
  if ((callee as SyntaxNode | undefined)?.type !== 'Import') return [];
  return (given as { expression: unknown }[]).map(({ expression }) => textOf(expression));
}

/** The packages that a file loads. */
function packagesOf(module: SyntaxNode): string[] {
  return [...everyNode(module)]
    .flatMap(importedBy)
    .filter((name) => typeof name === 'string')
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}

test('the packages that the server loads are those that it depends on, no more and no fewer', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const loaded = new Set(parsedFiles('src/**/*.ts').flatMap(({ module }) => packagesOf(module)));
  const reasons = Object.keys(notImported).filter((name) => !loaded.has(name));
  assert.deepEqual(reasons, Object.keys(notImported), 'what is imported needs no other reason');
  assert.deepEqual([...loaded, ...reasons].toSorted(), Object.keys(dependencies).toSorted());
});
