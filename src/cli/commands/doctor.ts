import type { Cause } from '../../model/entry.ts';
import type { ProblemJson } from '../../model/problem.ts';
import type { Command } from '../command.ts';
import type { Api } from '../connect.ts';
import { find } from '../find.ts';
import type { Output } from '../output.ts';
import { type Step, stepForPeople } from '../steps.ts';

interface Diagnosis {
  problem: ProblemJson | null;
  possible: Cause[];
  also: ProblemJson[];
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'Examines incoming email servers from the network to the webhook, and says what is wrong',
  operand: { name: 'SERVER', optional: true },
  options: { all: { type: 'flag', summary: 'Every server that is not paused; so it is without SERVER' } },
  notes:
    'Ends with exit code 1 when something is wrong. With --json there is a line for each check of one server and for its diagnosis, or for each of all servers.',
  async run(call) {
    const [meant] = call.given.operands;
    const api = await call.api();
    if (meant === undefined || call.given.flag('all')) return examineAll(api, call.out);
    const { id } = await find(call, 'server', meant);
    return examineOne(api, call.out, id);
  },
};

async function examineOne(api: Api, out: Output, id: string): Promise<number> {
  let isInOrder = true;
  for await (const line of api.lines<Step | { diagnosis: Diagnosis }>(
    'POST',
    `/api/servers/${id}/examine`,
    {},
  )) {
    if ('diagnosis' in line) {
      isInOrder = line.diagnosis.problem === null;
      out.show(line, (told) => `\n${diagnosisForPeople(told.diagnosis)}`);
    } else out.show(line, stepForPeople);
  }
  return isInOrder ? 0 : 1;
}

async function examineAll(api: Api, out: Output): Promise<number> {
  let isInOrder = true;
  for await (const line of api.lines<{ server: { name: string }; diagnosis: Diagnosis }>(
    'POST',
    '/api/doctor',
    {},
  )) {
    if (line.diagnosis.problem) isInOrder = false;
    out.show(line, ({ server, diagnosis }) => `${server.name}: ${diagnosisForPeople(diagnosis)}`);
  }
  return isInOrder ? 0 : 1;
}

function diagnosisForPeople({ problem, possible, also }: Diagnosis): string {
  const beside = also.map(
    ({ title, detail, remedy }) => `Also: ${title}${detail ? ` (${detail})` : ''}. ${remedy}`,
  );
  if (!problem)
    return [also.length > 0 ? 'Mail can be read.' : 'Mail can be read and handed over.', ...beside].join(
      '\n',
    );
  const { title, cause, remedy } = problem;
  const [, ...others] = possible;
  return [
    `${title}.`,
    ...(cause ? [`Why: ${cause}`] : []),
    `What to do: ${remedy}`,
    ...possible.slice(0, 1).flatMap(({ decide }) => (decide ? [`To be sure: ${decide}`] : [])),
    ...others.map(({ why, decide, remedy: else_ }) => `Or: ${why} ${decide ?? else_}`),
    ...beside,
  ].join('\n');
}
