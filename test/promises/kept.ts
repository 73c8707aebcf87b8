import { readFileSync } from 'node:fs';
import type { PromiseEntry } from './page.ts';

/** What became of a test or a suite. */
export interface Result {
  name: string;
  outcome: 'passed' | 'failed' | 'skipped' | 'todo';
}

/** The results that the reporter has written into a file. */
export function readResults(file: string): Result[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/**
 * What is not proven of the promises, each with the test in a sentence. In a run of only some tests a test that did not
 * run says nothing; in one of all of them it must have run.
 */
export function unproven(promises: PromiseEntry[], results: Result[], ran: 'all' | 'some'): string[] {
  const outcomes = Map.groupBy(results, ({ name }) => name);
  return promises.flatMap(({ number, tests }) =>
    tests.flatMap((name) => {
      const found = outcomes.get(name) ?? [];
      if (found.length === 0 && ran === 'some') return [];
      const missing = found.find(({ outcome }) => outcome !== 'passed')?.outcome;
      if (found.length > 0 && missing === undefined) return [];
      return [`${number} is not proven: the test ‘${name}’ ${missing ? words[missing] : 'did not run'}`];
    }),
  );
}

const words = { passed: 'passed', failed: 'failed', skipped: 'was skipped', todo: 'is still to do' };
