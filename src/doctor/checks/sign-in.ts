import { setTimeout as pause } from 'node:timers/promises';
import { ewsRetirement, isRetired } from '../../model/ews-retirement.ts';
import { userOf } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import { saysOnlyNotConnected } from '../../sources/sign-in-problems.ts';
import type { Check, Examination } from '../check.ts';
import { narrowNotConnected } from '../not-connected.ts';

/** The passing kind of "not connected" is over by then, more often than not. */
const secondTryMs = 1_500;

export const signInCheck: Check = {
  name: 'sign-in',
  title: 'The mail server lets us in to the mailbox',
  async run(examination) {
    const { server } = examination;
    const who = userOf(server);
    const first = await inspect(examination);
    const outlook = isRetired(server) ? `. ${ewsRetirement.what}` : '';
    if (!first) return `Signed in as ${who}${describeAbilities(examination)}${outlook}`;
    if (first.kind !== 'denied' || !saysOnlyNotConnected(server.protocol)) throw first;
    await pause(secondTryMs);
    const second = await inspect(examination);
    if (!second) return `Signed in as ${who} at the second try: the first met a passing fault of the server`;
    throw narrowNotConnected(second, server, examination.token?.token ?? '');
  },
};

/** What stands in the way of signing in; trouble with folders is kept for the next check. */
async function inspect(examination: Examination): Promise<Problem | null> {
  try {
    examination.inspection = await examination.source.inspect(AbortSignal.timeout(60_000));
  } catch (error) {
    const problem = Problem.from(error);
    if (problem.kind !== 'folder') return problem;
    examination.folderProblem = problem;
  }
  return null;
}

function describeAbilities({ inspection }: Examination): string {
  if (!inspection || inspection.useful.length === 0) return '';
  const missing = inspection.useful.filter((name) => !inspection.capabilities.includes(name));
  if (missing.length === 0) return '; the server can do all that is useful here';
  return `; the server lacks ${missing.join(', ')}, which is made up for`;
}
