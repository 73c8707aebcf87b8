import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { builtIn, type Kinds, resourcesOf } from '../../src/adapters.ts';
import { type Letterbox, openLetterbox } from '../../src/app.ts';
import { runCli } from '../../src/cli/cli.ts';
import { configSchema } from '../../src/config/config.ts';
import type { Internet } from '../../src/discovery/discover.ts';
import { localApi } from '../../src/local-api.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { endings } from '../endings.ts';
import { temporaryFolder } from '../store/fixtures.ts';
import type { Ran } from './shell.ts';

export interface CommandLine {
  letterbox: Letterbox;
  /** Runs a command; `told` is what it prints, and it must succeed. */
  told(...words: string[]): Promise<string>;
  /** What a command answers with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: it is JSON
  json(...words: string[]): Promise<any>;
  /** A command that must fail: what it says is wrong, line by line, and how it ends. */
  wrong(...words: string[]): Promise<{ code: number | null; lines: string[] }>;
  /** `answers`: what a person at a terminal says to questions that hold these words. */
  run(
    words: string[],
    by?: {
      input?: string;
      environment?: Record<string, string>;
      answers?: [question: string, answer: string][];
    },
  ): Promise<Ran>;
}

/** The command line over a Letterbox in this process, which runs nothing. */
export async function openCommandLine(
  t: TestContext,
  kinds: Kinds = builtIn,
  { settings = {}, internet }: { settings?: object; internet?: Internet } = {},
): Promise<CommandLine> {
  const after = endings(t);
  const dataFolder = temporaryFolder(t);
  const config = configSchema.parse({ dataFolder, ...settings });
  const letterbox = await openLetterbox(config, createLog('silent'), kinds, 'server', internet);
  after(letterbox.close);
  const api = localApi(letterbox);

  const run: CommandLine['run'] = async (words, { input = '', environment = {}, answers } = {}) => {
    const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
    if (answers) beTerminal({ stdin, stderr }, answers);
    else stdin.end(input);
    const code = await runCli(words, {
      open: async () => ({ api, close: async () => undefined }),
      serve: () => assert.fail('no server is asked for'),
      resources: Object.values(resourcesOf(kinds)),
      environment: { LETTERBOX_DATA_FOLDER: dataFolder, ...environment },
      folder: dataFolder,
      stdin: stdin as never,
      stdout: stdout as never,
      stderr: stderr as never,
    });
    return { code, stdout: await text(stdout.end()), stderr: await text(stderr.end()) };
  };
  async function told(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(words);
    assert.equal(code, 0, stderr);
    return stdout;
  }
  return {
    letterbox,
    run,
    told,
    json: async (...words) => JSON.parse(await told(...words, '--json')),
    async wrong(...words) {
      const { code, stdout, stderr } = await run(words);
      assert.equal(stdout, '');
      const lines = stderr.split('\n').filter((line) => line.startsWith('  '));
      return { code, lines: lines.map((line) => line.trim()) };
    },
  };
}

/** A person who answers each question once it stands there. */
function beTerminal(
  { stdin, stderr }: { stdin: PassThrough; stderr: PassThrough },
  answers: [question: string, answer: string][],
): void {
  Object.assign(stdin, { isTTY: true });
  Object.assign(stderr, { isTTY: true });
  const waiting = [...answers];
  let shown = '';
  const write = stderr.write.bind(stderr) as (...given: unknown[]) => boolean;
  stderr.write = (...given: unknown[]) => {
    shown += String(given[0]);
    const [question = '', answer = ''] = waiting[0] ?? [];
    if (waiting.length > 0 && shown.includes(question)) {
      waiting.shift();
      shown = '';
      setImmediate(() => stdin.write(`${answer}\r`));
    }
    return write(...given);
  };
}

const guid = '11111111-2222-3333-4444-555555555555';

/** The words that add a profile; it opens mailboxes by IMAP and sends by SMTP. */
export const addProfile = [
  ...['profile', 'add', '--name', 'Contoso', '--tenant', 'contoso.com', '--client-id', guid],
  ...['--client-secret', 'hush~', '--use', 'imap', '--use', 'pop3', '--use', 'smtp'],
];

export const addServer = [
  ...['server', 'add', '--name', 'Support', '--address', 'support@contoso.com', '--profile', 'contoso'],
];

export const addOutgoing = [
  ...['outgoing', 'add', '--name', 'Out', '--address', 'support@contoso.com', '--profile', 'Contoso'],
];
