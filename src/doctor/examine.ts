import type { CheckResult } from './check.ts';
import { runChecks } from './check.ts';
import { serverChecks } from './checks/index.ts';
import { type Diagnosis, diagnose, type Knowledge } from './diagnosis.ts';
import { Examination, type Subject } from './examination.ts';

/** Whatever hangs, an examination ends. */
const longestMs = 120_000;

/**
 * Examines an incoming email server, from the cable to what takes its mail: each check as it ends, in the order in which
 * they rest on each other; then what it all comes to. Never throws for what is wrong.
 */
export async function* examine(
  subject: Subject,
  knowledge: Knowledge,
  signal?: AbortSignal,
): AsyncGenerator<CheckResult | { diagnosis: Diagnosis }> {
  const limit = AbortSignal.timeout(longestMs);
  const ended = signal ? AbortSignal.any([signal, limit]) : limit;
  const examination = new Examination(subject, ended);
  const results: CheckResult[] = [];
  for await (const result of runChecks(serverChecks, examination, ended)) {
    results.push(result);
    yield result;
  }
  yield { diagnosis: await diagnose(results, examination, knowledge) };
}
