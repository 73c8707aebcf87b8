import { Problem } from '../model/problem.ts';
import type { AccessToken, TokenSource } from '../model/token.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Inspection, MailSource } from '../sources/source.ts';

/** What is examined, and what earlier checks found for later ones. */
export interface Examination {
  readonly server: MailServer;
  readonly source: MailSource;
  readonly tokens: TokenSource;
  token?: AccessToken;
  inspection?: Inspection;
  /** What is wrong with the folders, found while signing in went well. */
  folderProblem?: Problem;
}

/** One step of *Test connection*. */
export interface Check {
  /** Stable name: `sign-in`. */
  name: string;
  /** What is looked at, in plain words. */
  title: string;
  /** Says what was found; throws the Problem when it is not in order. */
  run(examination: Examination): Promise<string>;
}

/** How a check ended. */
export interface CheckResult {
  check: string;
  title: string;
  passed: boolean;
  detail: string;
  problem: Problem | null;
}

/** Runs one step; never throws. */
export async function runStep(
  check: string,
  title: string,
  run: () => Promise<string>,
): Promise<CheckResult> {
  try {
    return { check, title, passed: true, detail: await run(), problem: null };
  } catch (error) {
    const problem = Problem.from(error);
    return { check, title, passed: false, detail: problem.message, problem };
  }
}
