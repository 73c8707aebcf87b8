import { Problem, type ProblemFields } from '../model/problem.ts';

/** What the authority answered is not in good order; `words` say how. */
export function invalidAnswer(
  words: Pick<ProblemFields, 'title' | 'detail' | 'cause' | 'remedy'>,
  origin?: unknown,
): Problem {
  return new Problem({ code: 'oauth.answer-invalid', kind: 'protocol', ...words }, origin);
}
