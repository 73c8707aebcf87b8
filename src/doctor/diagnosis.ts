import { type Cause, causesOf, type Entry, fill } from '../model/entry.ts';
import type { Problem } from '../model/problem.ts';
import type { CheckResult } from './check.ts';
import type { Examination } from './examination.ts';
import { type Judgement, judge } from './judges.ts';

/** What an examination comes to: one verdict, and not a list. */
export interface Diagnosis {
  /** What is wrong; its cause and remedy are those of the one cause. Null when everything is in order. */
  problem: Problem | null;
  /** Name of the cause within the entry; null where there is but one. */
  cause: string | null;
  /** It was seen; or it is the likeliest of those that nobody can tell apart from outside. */
  certainty: 'shown' | 'likely';
  /** What cannot be told apart, the likeliest first; empty where it was seen. */
  possible: readonly Cause[];
  /** What else is wrong, whatever becomes of it. */
  also: readonly Problem[];
}

/** The entry of a problem's code, where there is one. */
export type Knowledge = (code: string) => Entry | null;

const inOrder: Diagnosis = { problem: null, cause: null, certainty: 'shown', possible: [], also: [] };

/**
 * The first check that failed is the verdict, since later ones rest on it; what failed beside it is told too. Where its
 * problem may have several causes, each is judged by all that was seen.
 */
export async function diagnose(
  results: readonly CheckResult[],
  examination: Examination,
  knowledge: Knowledge,
): Promise<Diagnosis> {
  const failed = results.flatMap(({ outcome, problem }) =>
    outcome === 'failed' && problem ? [problem] : [],
  );
  const remarks = results.flatMap(({ outcome, problem }) =>
    outcome === 'remark' && problem ? [problem] : [],
  );
  const [problem, ...others] = failed;
  if (!problem) return { ...inOrder, also: remarks };
  const verdict = await narrow(problem, examination, knowledge(problem.code));
  return { ...verdict, also: [...others, ...remarks.filter((one) => !isSameMatter(one, verdict))] };
}

/** What the token lacks is told once: as the reason, where it is that. */
function isSameMatter(remark: Problem, { problem }: Pick<Diagnosis, 'problem'>): boolean {
  return remark.cause !== undefined && remark.cause === problem?.cause;
}

const ranks: Record<Judgement, number> = { shown: 0, open: 1, unlikely: 2, 'ruled-out': 3 };

async function narrow(
  problem: Problem,
  examination: Examination,
  entry: Entry | null,
): Promise<Omit<Diagnosis, 'also'>> {
  const causes = entry?.causes ? causesOf(entry) : [];
  const judged = await Promise.all(
    causes.map(async (cause) => ({ cause, judgement: await judge(cause.name, examination) })),
  );
  const [first, ...rest] = judged
    .filter(({ judgement }) => judgement !== 'ruled-out')
    .toSorted((a, b) => ranks[a.judgement] - ranks[b.judgement]);
  if (!first)
    return { problem, cause: null, certainty: causes.length === 0 ? 'shown' : 'likely', possible: [] };
  const { values } = examination;
  const told = ({ name, why, remedy, decide }: Cause): Cause => ({
    name,
    why: fill(why, values),
    remedy: fill(remedy, values),
    ...(decide !== undefined && { decide: fill(decide, values) }),
  });
  const { name, why, remedy } = told(first.cause);
  const isShown = first.judgement === 'shown';
  return {
    problem: problem.with({ cause: why, remedy }),
    cause: name,
    certainty: isShown ? 'shown' : 'likely',
    possible: isShown ? [] : [first, ...rest].map(({ cause }) => told(cause)),
  };
}
