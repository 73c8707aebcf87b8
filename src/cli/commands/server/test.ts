import type { CheckResult } from '../../../administration/administration.ts';
import type { ProblemJson } from '../../../model/problem.ts';
import type { Command } from '../../command.ts';
import { find } from '../../find.ts';

type Line = Omit<CheckResult, 'problem'> & { problem: ProblemJson | null };

export const serverTest: Command = {
  name: 'server test',
  summary: 'Tests the connection to an incoming email server, step by step',
  operand: { name: 'SERVER' },
  options: {},
  notes: 'Ends with exit code 1 when a step fails. With --json there is a line for each step.',
  async run({ api: connect, given, out }) {
    const api = await connect();
    const [meant = ''] = given.operands;
    const { id } = await find(api, 'servers', meant);
    let passed = true;
    for await (const line of api.lines<Line>('POST', `/api/servers/${id}/test`, {})) {
      passed &&= line.passed;
      out.show(line, stepForPeople);
    }
    return passed ? 0 : 1;
  },
};

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
