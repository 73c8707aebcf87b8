import type { Problem } from '../model/problem.ts';

/** A reading could not list a folder; others may be read all the same. */
export class FolderUnlisted extends Error {
  override readonly name = 'FolderUnlisted';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super('A folder could not be listed', { cause: problem });
    this.problem = problem;
  }
}

/** The error of a folder alone, so that others are read all the same; any other one as it is. */
export function unlistedOr(problem: Problem): FolderUnlisted | Problem {
  return problem.kind === 'folder' ? new FolderUnlisted(problem) : problem;
}
