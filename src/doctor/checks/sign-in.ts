import { setTimeout as pause } from 'node:timers/promises';
import { ewsRetirement, isRetired } from '../../model/ews-retirement.ts';
import { userOf } from '../../model/mail-server.ts';
import { Problem, type ProblemKind } from '../../model/problem.ts';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

/** The passing kind of “not connected” is over by then, more often than not. */
const secondTryMs = 1_500;

/** POP3 lets one in at a time, and that may be Letterbox itself, reading. */
const mayPass: ProblemKind[] = ['denied', 'busy'];

export const signInCheck: Check<Examination> = {
  name: 'sign-in',
  title: 'The mail server lets us in to the mailbox',
  needs: ['encryption', 'token'],
  async run(examination, signal) {
    const { server } = examination.subject;
    const who = userOf(server);
    const first = await inspect(examination, signal);
    const outlook = isRetired(server) ? `. ${ewsRetirement.what}` : '';
    if (!first) return { detail: `Signed in as ${who}${describeAbilities(examination)}${outlook}` };
    if (!mayPass.includes(first.kind)) throw first;
    await pause(secondTryMs, undefined, { signal });
    const second = await inspect(examination, signal);
    if (second) throw second;
    return { detail: `Signed in as ${who} at the second try: the first met a passing fault of the server` };
  },
};

/** What stands in the way of signing in; trouble with folders is kept for the next check. */
async function inspect(examination: Examination, signal: AbortSignal): Promise<Problem | null> {
  try {
    examination.inspection = await examination.subject.source.inspect(signal);
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
