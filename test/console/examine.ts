import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Watched } from './browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

const rules = {
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
};

/** What axe finds wrong, and what sticks out to the right, on a desk and a phone, by day and by night. */
export async function examine(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(axe);
  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const options = {
        resultTypes: ['violations'],
        runOnly: rules[colorScheme],
        iframes: false,
        preload: false,
      };
      const { violations }: AxeResults = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
      for (const { id, nodes } of violations)
        found.push(
          `${width} ${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
        );
      const outside = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      if (outside !== 0) found.push(`${width}: ${outside} pixels stick out to the right`);
    }
  return found;
}

/** Each page's failings by its address; empty when there are none. */
export async function examineAll(
  { page, complaints }: Watched,
  paths: string[],
): Promise<Record<string, string[]>> {
  const failings: Record<string, string[]> = {};
  for (const path of paths) {
    complaints.length = 0;
    await page.goto(path);
    const found = [...(await examine(page)), ...complaints];
    if (found.length > 0) failings[path] = found;
  }
  return failings;
}
