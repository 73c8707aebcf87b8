import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../architecture/parsed.ts';

/** The files that `docs/architecture.md` names under a heading, in their order. */
export function filesUnder(heading: string): string[] {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const [, section = ''] = page.split(`### ${heading}\n`);
  const [list = ''] = section.split(/^#/m);
  return [...list.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file]) => `src/${file}`);
}
