import { type BackOff, backOff } from '../../concurrency/back-off.ts';
import { sleep } from '../../concurrency/sleep.ts';
import type { Problem } from '../../model/problem.ts';
import { isPassing, Refusal } from '../../network/graph.ts';

/** How long is waited for what passes by itself, in milliseconds. */
export interface Patience extends BackOff {
  /** In all, of one wait. */
  most: number;
}

/** What was just made is known everywhere after seconds, as a rule, and after minutes at the latest. */
export const usualPatience: Patience = { first: 1_000, cap: 15_000, most: 5 * 60_000 };

export interface Waiting {
  /** Why, as a person is told. */
  waitingFor: string;
}

/**
 * Tries again, less and less often, for as long as `why` knows why what was thrown will pass; tells of each wait. Throws
 * the last failure once patience is over, and the signal's reason.
 */
export async function* patiently<T>(
  attempt: () => Promise<T>,
  why: (error: unknown) => string | null,
  { patience, signal }: { patience: Patience; signal: AbortSignal },
): AsyncGenerator<Waiting, T> {
  const end = performance.now() + patience.most;
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const waitingFor = why(error);
      const asked =
        error instanceof Refusal && error.retryAfter ? error.retryAfter.getTime() - Date.now() : 0;
      const wait = Math.max(backOff(failures, patience), asked);
      if (waitingFor === null || performance.now() + wait > end) throw error;
      yield { waitingFor };
      await sleep(wait, signal);
    }
  }
}

/** Not there yet: thrown while reads do not show what was made. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
  /** What is said where it does not come; null: no more than that. */
  readonly problem: Problem | null;

  constructor(problem: Problem | null = null) {
    super('not there yet');
    this.problem = problem;
  }
}

const replicating = 'Microsoft’s directory takes some seconds until what was made is known everywhere';

/**
 * Why a failure of the directory will pass, null where it will not. Graph has no code for what was made but is not known
 * everywhere yet: it is told by what is said (microsoftgraph/msgraph-bicep-types 193, msgraph-sdk-dotnet 3108).
 */
export function whyPassing(error: unknown): string | null {
  if (error instanceof NotYet) return replicating;
  if (!(error instanceof Refusal)) return null;
  if (error.isThrottling) return 'Microsoft asks to be left alone for a while';
  if (isPassing(error)) return 'Microsoft’s directory cannot answer just now';
  if (error.status === 404 && error.is('Request_ResourceNotFound')) return replicating;
  const early = /does not reference a valid application|Not a valid reference update|backing application/i;
  return early.test(error.message) ? replicating : null;
}

/** What is asked for is there already, made by a request whose answer was lost. */
export function isThere(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.status === 409 || (error.status === 400 && /already exists/i.test(error.message));
}
