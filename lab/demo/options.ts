import { parseArgs } from 'node:util';
import { Problem } from '../../src/model/problem.ts';

const usage =
  'Run npm run demo, with -- --port 9443 for another port, with -- --once to end after 20 messages.';

/** How the demo was called; throws a Problem where that makes no sense. */
export function readOptions(): { once: boolean; port: number } {
  try {
    const { values } = parseArgs({
      options: { once: { type: 'boolean', default: false }, port: { type: 'string', default: '8443' } },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new Error(`--port takes a number from 1 to 65535, not '${values.port}'`);
    return { once: values.once, port };
  } catch (error) {
    throw new Problem(
      { code: 'demo.usage', kind: 'usage', title: (error as Error).message, remedy: usage },
      error,
    );
  }
}
