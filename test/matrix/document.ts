import { supported } from './grants.ts';
import { scenarios, stepName } from './story.ts';
import type { Protocol } from './subjects.ts';

const begin = '<!-- The matrix: made by scripts/protocols.ts from the results of its tests. -->';
const end = '<!-- End of the matrix. -->';

export const combinations = Object.entries(supported).flatMap(([protocol, grants]) =>
  grants.map((grant) => ({ protocol: protocol as Protocol, grant })),
);

/** The table of what was lived through by whom; `passed` says whether the test of that name did. */
export function matrixTable(passed: (test: string) => boolean | undefined): string {
  const rows = combinations.map(({ protocol, grant }) => [
    protocol,
    grant,
    ...scenarios.map((scenario) => {
      const result = passed(stepName(protocol, grant, scenario));
      return result === undefined ? 'not run' : result ? '✔' : '**failed**';
    }),
  ]);
  const lines = [['protocol', 'grant', ...scenarios], ['---', '---', ...scenarios.map(() => ':-:')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The page with its table replaced. */
export function withTable(page: string, table: string): string {
  return `${page.slice(0, page.indexOf(begin))}${begin}\n\n${table}\n\n${page.slice(page.indexOf(end))}`;
}
