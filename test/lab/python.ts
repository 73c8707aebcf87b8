import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Debian's, as the clients are Debian's packages; another that is first in the path does not see them. */
const interpreter = '/usr/bin/python3';

/** What a call threw in Python. */
export class PythonError extends Error {}

export interface PythonClient {
  /** Calls a function of the script by name, with named arguments. Throws {@link PythonError} for what it raises. */
  call<T = Record<string, unknown>>(name: string, parameters?: object): Promise<T>;
  stop(): Promise<void>;
}

/**
 * Runs a script beside this file that holds a foreign client: a line of JSON for each call and for each answer, so that
 * whatever the client keeps between two calls is its own. `trust` is the file of the certificates that it takes, and
 * all of this machine's surroundings that it is told.
 */
export function startPython(script: string, trust: string): PythonClient {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(interpreter, ['-B', '-W', 'ignore', path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { REQUESTS_CA_BUNDLE: trust, LANG: 'C.UTF-8' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async call(name, parameters = {}) {
      child.stdin.write(`${JSON.stringify([name, parameters])}\n`);
      const { value, done } = await lines.next();
      if (done) throw new PythonError(`${script} has ended`);
      const { result, error } = JSON.parse(value);
      if (error !== undefined) throw new PythonError(error);
      return result;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
