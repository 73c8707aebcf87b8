import type { TestContext } from 'node:test';
import { pino } from 'pino';

/** A log that keeps what is written to it as an error; with it what anything prints besides the log. */
export function recordedLog(t: TestContext) {
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) });
  for (const method of ['error', 'info', 'warn', 'log'] as const)
    t.mock.method(console, method, (...said: unknown[]) => void errors.push(String(said[0])));
  return { log, errors };
}
