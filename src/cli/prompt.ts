import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Problem } from '../model/problem.ts';
import type { CliDeps } from './command.ts';
import { harmless } from './output.ts';

type Terminal = Pick<CliDeps, 'stdin' | 'stderr'>;

/** Whether there is a person to ask. */
export function canAsk({ stdin, stderr }: Terminal): boolean {
  return Boolean(stdin.isTTY && stderr.isTTY);
}

/** Asks a person for a secret, on standard error, without showing what is typed. */
export async function askSecret({ stdin, stderr }: Terminal, question: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  // The terminal shows nothing from here on: before the question, as a paste may be quick.
  const answer = ask(stdin, unseen, '');
  stderr.write(`${harmless(question)}: `);
  try {
    return await answer;
  } finally {
    stderr.write('\n');
  }
}

/** Asks a person for a line of text, without what is around it; empty where they give none. */
export async function askText({ stdin, stderr }: Terminal, question: string): Promise<string> {
  return (await ask(stdin, stderr, `${harmless(question)}: `)).trim();
}

/** Asks a person for a yes; everything else is a no. */
export async function confirm({ stdin, stderr }: Terminal, question: string): Promise<boolean> {
  const answer = await ask(stdin, stderr, `${harmless(question)} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

/** Ctrl-C and a closed terminal end the command, having changed nothing. */
function ask(stdin: NodeJS.ReadStream, output: NodeJS.WritableStream, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const terminal = createInterface({ input: stdin, output, terminal: true });
    const give = (end: () => void) => {
      terminal.removeAllListeners('close');
      terminal.close();
      end();
    };
    terminal.once('SIGINT', () => give(() => reject(cancelled())));
    terminal.once('close', () => reject(cancelled()));
    terminal.question(question).then(
      (answer) => give(() => resolve(answer)),
      () => give(() => reject(cancelled())),
    );
  });
}

function cancelled(): Problem {
  return new Problem({
    code: 'cancelled',
    kind: 'cancelled',
    title: 'Cancelled',
    detail: 'Nothing was changed.',
    remedy: 'Run the command again and answer the question.',
  });
}
