import type { CheckResult } from '../doctor/check.ts';
import type { ProblemJson } from '../model/problem.ts';
import type { Api } from './connect.ts';
import type { Output } from './output.ts';

export type Step = Omit<CheckResult, 'problem'> & { problem: ProblemJson | null };

/** Runs a test whose steps come one by one, shows each, and gives the exit code: 1 when a step fails. */
export async function showSteps(api: Api, out: Output, path: string, body: object): Promise<number> {
  let passed = true;
  for await (const line of api.lines<Step>('POST', path, body)) {
    passed &&= line.outcome !== 'failed';
    out.show(line, stepForPeople);
  }
  return passed ? 0 : 1;
}

const marks: Record<Step['outcome'], string> = { passed: '✔', remark: '!', failed: '✘', 'not-judged': '·' };

/** A step as a person reads it in a terminal. */
export function stepForPeople({ outcome, title, detail, problem }: Step): string {
  const mark = marks[outcome];
  if (!problem) return `${mark} ${title}${detail ? `: ${detail}` : ''}`;
  const told = [
    problem.title,
    problem.detail,
    problem.cause && `Why: ${problem.cause}`,
    problem.remedy && `What to do: ${problem.remedy}`,
  ];
  return [`${mark} ${title}`, ...told.filter(Boolean).map((line) => `  ${line}`)].join('\n');
}
