import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { endings } from '../endings.ts';
import { until } from '../until.ts';

export const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** What one command has compiled, the next need not. */
const compileCache = mkdtempSync(join(tmpdir(), 'letterbox-compiled-'));
process.on('exit', () => rmSync(compileCache, { recursive: true, force: true }));

/** How a command ended, and what it said. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command under way. */
export interface Running {
  child: ChildProcessWithoutNullStreams;
  /** What it said so far. */
  said: { stdout: string; stderr: string };
  /** Resolves when it has ended, to the exit code; null where a signal ended it. */
  ended: Promise<number | null>;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface Serving extends Running {
  url: string;
  setUpToken: string;
}

/** A folder with a `letterbox.yaml`, in which `letterbox` is run as a person does: as a process of its own. */
export interface Shell {
  folder: string;
  /** What the environment of a command holds. */
  environment: NodeJS.ProcessEnv;
  start(words: string[], environment?: Record<string, string>): Running;
  letterbox(...words: string[]): Promise<Ran>;
  /** The same with something by standard input, or in the environment. */
  run(words: string[], by: { input?: string | Buffer; environment?: Record<string, string> }): Promise<Ran>;
  /** What a command answers with `--json`; throws what it says when it fails. */
  // biome-ignore lint/suspicious/noExplicitAny: it is JSON
  json(...words: string[]): Promise<any>;
  /** `letterbox serve`, once it serves. */
  serve(): Promise<Serving>;
}

export function openShell(
  after: (end: () => unknown) => void,
  { folder, settings }: { folder: string; settings: object },
): Shell {
  // JSON is YAML.
  writeFileSync(join(folder, 'letterbox.yaml'), JSON.stringify(settings));

  const others = Object.entries(process.env).filter(([name]) => !/^(LETTERBOX_|NODE_)/.test(name));
  const inherited = { ...Object.fromEntries(others), NODE_COMPILE_CACHE: compileCache };

  function start(words: string[], environment: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, [main, ...words], {
      cwd: folder,
      env: { ...inherited, ...environment },
    });
    // A command may end before it has read what it is given.
    child.stdin.on('error', () => undefined);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text) => {
        said[name] += text;
      });
    const ended = once(child, 'close').then(([code]) => code);
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal);
      return ended;
    };
    after(() => end('SIGKILL'));
    return { child, said, ended, end };
  }

  async function run(words: string[], by: Parameters<Shell['run']>[1]): Promise<Ran> {
    const { child, said, ended } = start(words, by.environment);
    child.stdin.end(by.input);
    return { code: await ended, ...said };
  }

  return {
    folder,
    environment: inherited,
    start,
    run,
    letterbox: (...words) => run(words, {}),
    async json(...words) {
      const { code, stdout, stderr } = await run([...words, '--json'], {});
      if (code !== 0) throw new Error(`letterbox ${words.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    async serve() {
      const running = start(['serve', '--json']);
      const line = () => /^\{"url":.*\}$/m.exec(running.said.stdout)?.[0];
      await until('it serves', () => {
        if (running.child.exitCode !== null) throw new Error(`it has ended: ${running.said.stderr}`);
        return line() !== undefined;
      });
      return { ...running, ...JSON.parse(line() ?? '') };
    },
  };
}

/** A shell in a temporary folder; only address and log are set. */
export function temporaryShell(t: TestContext, settings: object = {}): Shell {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const quiet = { listen: { host: '127.0.0.1', port: 0 }, log: { level: 'silent' } };
  return openShell(after, { folder, settings: { ...quiet, ...settings } });
}
