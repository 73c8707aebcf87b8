import { inPortions } from '../../concurrency/batches.ts';

/** Rows, or values to look for, in one statement: engines limit the number of parameters. */
const perStatement = 500;

/** The items as they go into statements, one portion each. */
export function forStatements<T>(items: readonly T[]): Generator<T[]> {
  return inPortions(items, perStatement);
}
