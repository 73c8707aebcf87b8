import { formatInstant } from '../model/instant.ts';
import { Problem } from '../model/problem.ts';

export const checkOutcomes = [
  'passed',
  /** It works, and something is to be mended all the same. */
  'remark',
  'failed',
  /** What it rests on failed. */
  'not-judged',
] as const;
export type CheckOutcome = (typeof checkOutcomes)[number];

/** Something that a check saw. */
export interface Evidence {
  label: string;
  value: string;
}

/** What a check that passed has found. */
export interface Found {
  /** In one sentence, without its full stop. */
  detail: string;
  evidence?: readonly Evidence[];
  /** What is to be mended although it passed. */
  remark?: Problem | null;
}

/** One thing that is looked at. */
export interface Check<E> {
  /** Stable name: `sign-in`. */
  name: string;
  /** What is looked at, in plain words. */
  title: string;
  /** Checks that must have passed before: without them nothing can be said of this one. */
  needs: readonly string[];
  /** Whether it has a sense here; it always has by default. */
  concerns?(examination: E): boolean;
  /** Throws the Problem when it is not in order. */
  run(examination: E, signal: AbortSignal): Promise<Found>;
}

/** How a check ended. */
export interface CheckResult {
  check: string;
  title: string;
  outcome: CheckOutcome;
  detail: string;
  evidence: readonly Evidence[];
  problem: Problem | null;
  /** Names of the checks that kept this one from being judged. */
  waitsFor: readonly string[];
  tookMs: number;
}

/** Runs one check; never throws. */
export async function runCheck<E>(
  { name: check, title, run }: Pick<Check<E>, 'name' | 'title' | 'run'>,
  examination: E,
  signal: AbortSignal,
): Promise<CheckResult> {
  const began = performance.now();
  const took = () => ({ waitsFor: [], tookMs: Math.ceil(performance.now() - began) });
  try {
    const { detail, evidence = [], remark = null } = await run(examination, signal);
    const outcome = remark ? 'remark' : 'passed';
    return { check, title, outcome, detail, evidence, problem: remark, ...took() };
  } catch (error) {
    const problem = Problem.from(error);
    return { check, title, outcome: 'failed', detail: problem.message, evidence: [], problem, ...took() };
  }
}

/**
 * Runs all checks that have a sense here, each as soon as those that it needs have passed, and gives their results in
 * the order of the list. Never throws.
 */
export async function* runChecks<E>(
  checks: readonly Check<E>[],
  examination: E,
  signal: AbortSignal,
): AsyncGenerator<CheckResult> {
  const running = new Map<string, Promise<CheckResult>>();
  for (const check of checks) {
    if (check.concerns && !check.concerns(examination)) continue;
    const needed = check.needs.flatMap((name) => running.get(name) ?? []);
    running.set(
      check.name,
      Promise.all(needed).then((before) => {
        const unmet = before.filter(({ outcome }) => outcome === 'failed' || outcome === 'not-judged');
        return unmet.length === 0 ? runCheck(check, examination, signal) : notJudged(check, unmet);
      }),
    );
  }
  for (const result of running.values()) yield await result;
}

function notJudged<E>({ name: check, title }: Check<E>, unmet: readonly CheckResult[]): CheckResult {
  const roots = unmet.flatMap(({ outcome, check: own, waitsFor }) =>
    outcome === 'failed' ? [own] : waitsFor,
  );
  const titles = unmet.map((result) => `“${result.title}”`).join(' and ');
  return {
    check,
    title,
    outcome: 'not-judged',
    detail: `Nobody can tell before ${titles} is in order`,
    evidence: [],
    problem: null,
    waitsFor: [...new Set(roots)],
    tookMs: 0,
  };
}

/** The day of an instant, as evidence. */
export function day(instant: Date | string): string {
  return formatInstant(new Date(instant).toISOString()).slice(0, 10);
}
