import type { CheckResult } from '../administration/administration.ts';
import type { ProblemJson } from '../model/problem.ts';
import type { Api } from './connect.ts';
import type { Output } from './output.ts';

type Line = Omit<CheckResult, 'problem'> & { problem: ProblemJson | null };

/** Runs a test whose steps come one by one, shows each, and gives the exit code: 1 when a step fails. */
export async function showSteps(api: Api, out: Output, path: string, body: object): Promise<number> {
  let passed = true;
  for await (const line of api.lines<Line>('POST', path, body)) {
    passed &&= line.passed;
    out.show(line, stepForPeople);
  }
  return passed ? 0 : 1;
}

function stepForPeople({ passed, title, detail, problem }: Line): string {
  if (!problem) return `${passed ? '✔' : '✘'} ${title}${detail ? `: ${detail}` : ''}`;
  const told = [
    problem.title,
    problem.detail,
    problem.cause && `Why: ${problem.cause}`,
    problem.remedy && `What to do: ${problem.remedy}`,
  ];
  return [`✘ ${title}`, ...told.filter(Boolean).map((line) => `  ${line}`)].join('\n');
}
