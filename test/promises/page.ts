import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A promise of `docs/promises.md`. */
export interface PromiseEntry {
  /** As code and tests cite it: `P20`. */
  number: string;
  /** Names of the tests that prove it, each exactly as it is in its file; a name that several files have means all. */
  tests: string[];
}

/** The promises of a page, in its order: a heading with the number, and below it a list item for each test. */
export function readPromises(page: string): PromiseEntry[] {
  const [, ...sections] = page.split(/^### (?=P\d+\b)/m);
  return sections.map((section) => ({
    number: /^P\d+/.exec(section)?.[0] ?? '',
    tests: [...section.matchAll(/^- `(.+)`$/gm)].map(([, name = '']) => name),
  }));
}

/** The promises that are made. */
export function promises(): PromiseEntry[] {
  return readPromises(readFileSync(join(root, 'docs/promises.md'), 'utf8'));
}
