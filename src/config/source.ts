import type { FieldProblem } from '../model/problem.ts';

/** Settings from one place, not validated yet. */
export interface ConfigSource {
  values: unknown;
  /** Where somebody wrote what is at a path: `letterbox.yaml:12`, `environment variable LETTERBOX_…`. */
  where(path: readonly PropertyKey[]): string;
  /** What is wrong with it before its values are looked at. */
  wrong: FieldProblem[];
}
