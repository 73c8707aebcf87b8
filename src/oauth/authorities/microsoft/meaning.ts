import type { ProblemKind } from '../../../model/problem.ts';

/** One meaning of Entra's error codes, as a person must be told it. */
export interface Meaning {
  codes: number[];
  kind: ProblemKind;
  title: string;
  cause?: string;
  remedy: string;
  retry: 'no' | 'later';
  /** It is about the resource that was asked for; tokens for others may be had. */
  ofResource?: true;
  /** Seen to pass by itself: it does not say for sure why the grant is refused. */
  mayPass?: true;
}
