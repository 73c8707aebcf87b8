import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { socketAddress } from '../config/socket.ts';
import { Problem, type ProblemJson } from '../model/problem.ts';
import {
  type HeaderFields,
  inProcess,
  isListening,
  type OpenedApi,
  overSocket,
  type Reply,
  type Send,
} from './transport.ts';

/** The API, through a running server or in this process; which of the two only `running` tells. */
export interface Api {
  running: boolean;
  /** The JSON that was answered, null where there is none; throws the Problem that was. */
  request<T>(method: string, path: string, body?: unknown, more?: HeaderFields): Promise<T>;
  /** The same for what answers line by line, each as it comes. */
  lines<T>(method: string, path: string, body?: unknown): AsyncGenerator<T>;
  close(): Promise<void>;
}

/** How long another process that has the data folder is waited for, to end or to listen, in milliseconds. */
const patienceMs = 5_000;
const pauseMs = 100;

/**
 * Connects to the server that runs on the configured data folder; when none does, opens it in this process.
 * Throws `store.locked` when a process has it that does not listen, and what opening throws.
 */
export async function connectToApi(
  config: Config,
  open: (config: Config) => Promise<OpenedApi>,
): Promise<Api> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const running = await runningServer(config.dataFolder);
    if (running) return running;
    try {
      const opened = await open(config);
      return { running: false, ...createClient(inProcess(opened)), close: opened.close };
    } catch (error) {
      const busy = error instanceof Problem && error.kind === 'busy' && Date.now() < end;
      if (!busy) throw error;
      await sleep(pauseMs);
    }
  }
}

async function runningServer(dataFolder: string): Promise<Api | null> {
  let socket: ReturnType<typeof socketAddress>;
  try {
    socket = socketAddress(dataFolder);
  } catch {
    return null;
  }
  const close = async () => socket.close();
  try {
    if (await isListening(socket)) return { running: true, ...createClient(overSocket(socket)), close };
  } catch (error) {
    await close();
    throw forbidden(socket.file, error);
  }
  await close();
  return null;
}

function createClient(send: Send): Pick<Api, 'request' | 'lines'> {
  async function exchange(
    method: string,
    path: string,
    body: unknown,
    more: HeaderFields = {},
  ): Promise<Reply> {
    const reply = await send(method, path, body, more).catch((error) => {
      throw broken(error);
    });
    if (reply.status < 400) return reply;
    throw Problem.fromJSON(await readJson<ProblemJson>(reply.body));
  }
  return {
    async request(method, path, body, more) {
      return readJson((await exchange(method, path, body, more)).body);
    },
    async *lines(method, path, body) {
      const reply = await exchange(method, path, body);
      try {
        for await (const line of linesOf(reply.body)) {
          const item = JSON.parse(line);
          if (isFailure(item)) throw Problem.fromJSON(item.problem);
          yield item;
        }
      } catch (error) {
        throw error instanceof Problem ? error : broken(error);
      } finally {
        reply.body.destroy();
      }
    },
  };
}

async function readJson<T>(body: Readable): Promise<T> {
  try {
    return JSON.parse((await text(body)) || 'null');
  } catch (error) {
    throw broken(error);
  }
}

async function* linesOf(body: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of body.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw new Error('the last line was cut off');
}

/** The line that ends a stream where it fails: a problem and nothing else. */
function isFailure(item: unknown): item is { problem: ProblemJson } {
  return typeof item === 'object' && item !== null && Object.keys(item).join() === 'problem';
}

function forbidden(file: string, error: unknown): Problem {
  return new Problem(
    {
      code: 'socket.forbidden',
      kind: 'forbidden',
      title: 'The running server cannot be asked',
      detail: `${file} (${(error as NodeJS.ErrnoException).code})`,
      cause: 'Only the user that Letterbox runs as may use its socket.',
      remedy: 'Run the command as that user, for instance with sudo -u.',
    },
    error,
  );
}

function broken(error: unknown): Problem {
  return new Problem(
    {
      code: 'socket.broken',
      kind: 'unavailable',
      title: 'The running server did not answer to the end',
      detail: (error as NodeJS.ErrnoException).code ?? 'the answer was cut off',
      cause: 'It was stopped, or stopped by itself, at this moment.',
      remedy: 'See its log, and run the command again.',
      retry: 'later',
    },
    error,
  );
}
