import type { Outcome } from '../model/delivery.ts';
import type { Sent } from '../model/outgoing.ts';
import type { Problem } from '../model/problem.ts';

/**
 * One outcome for all recipients: accepted once everyone is; to be tried again while anyone may still be; else
 * rejected, with the reason of the first who is.
 */
export function outcomeOf(sent: Sent): Outcome {
  if (sent.kind === 'failed') return sent.outcome;
  const outcomes = sent.answers.map(({ outcome }) => outcome);
  const waiting = outcomes.filter((outcome) => outcome.kind === 'retry');
  const rejected = outcomes.filter((outcome) => outcome.kind === 'rejected');
  const [first] = [...waiting, ...rejected];
  if (!first) return { kind: 'accepted' };
  const problem = shared(first.problem, waiting.length || rejected.length, outcomes.length);
  return first.kind === 'retry'
    ? { kind: 'retry', after: first.after, problem }
    : { kind: 'rejected', problem };
}

/** No recipient was answered; tried again when the problem says. */
export function failedBy(problem: Problem): Sent {
  const after = problem.retry instanceof Date ? problem.retry : null;
  return { kind: 'failed', outcome: { kind: 'retry', after, problem } };
}

/** The problem of one recipient, told as one of so many. */
function shared(problem: Problem, count: number, all: number): Problem {
  if (all === 1) return problem;
  const detail = `${count} of ${all} recipients: ${problem.detail ?? problem.title}`;
  return problem.with({ detail });
}
