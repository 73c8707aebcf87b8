import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { clientSecretVariable } from '../config/environment.ts';
import { invalidInput } from '../model/problem.ts';
import { usageProblem } from './arguments.ts';
import type { Call, Options } from './command.ts';
import { askSecret } from './prompt.ts';

/** Ways to give a client secret, the safe ones first. */
export const clientSecretOptions = {
  'client-secret-file': {
    type: 'text',
    value: 'FILE',
    summary: 'File that holds the client secret; a line end after it is left out',
    field: 'clientSecret',
  },
  'client-secret-stdin': {
    type: 'flag',
    summary: 'Reads the client secret from standard input',
    field: 'clientSecret',
  },
  'client-secret': {
    type: 'text',
    value: 'SECRET',
    summary: 'The client secret itself; other users of the machine and the shell’s history may see it',
    field: 'clientSecret',
  },
} satisfies Options;

export const clientSecretNotes = `The client secret may also come in the variable ${clientSecretVariable}; on a terminal it is asked for.`;

const largestBytes = 64 * 1024;

/**
 * The client secret, from the one place that was named, else the environment, else a person at the terminal;
 * undefined when there is none of these.
 */
export async function readClientSecret(call: Call): Promise<string | undefined> {
  const { command, given, environment, stdin, stderr, out } = call;
  const named = Object.keys(clientSecretOptions).filter((option) => given.flag(option));
  if (named.length > 1)
    throw usageProblem(
      named.map((option) => ({ field: `--${option}`, expected: 'may be given alone only' })),
      command.name,
    );
  const file = given.text('client-secret-file');
  if (file !== undefined) return fromFile(file);
  if (given.flag('client-secret-stdin')) return decode(await readBounded(stdin), '--client-secret-stdin');
  const bare = given.text('client-secret');
  if (bare !== undefined) {
    out.remark(
      'Careful: what is on a command line, other users of this machine can see, and the shell remembers it. --client-secret-file is safe.',
    );
    return bare;
  }
  const variable = environment[clientSecretVariable];
  if (variable !== undefined) return variable;
  return stdin.isTTY && stderr.isTTY ? askSecret(call, 'Client secret (its value, not its ID)') : undefined;
}

async function fromFile(file: string): Promise<string> {
  const option = '--client-secret-file';
  try {
    await using opened = await open(file);
    return decode(await readBounded(opened.createReadStream({ autoClose: false })), option);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'input.invalid') throw error;
    throw invalidInput([{ field: option, expected: 'a file that can be read', given: `${file} (${code})` }]);
  }
}

/** One byte more than is allowed tells that there is too much. */
async function readBounded(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > largestBytes) break;
  }
  return Buffer.concat(chunks);
}

/** Byte for byte, but for the line end that an editor or `echo` puts after it. */
function decode(bytes: Buffer, option: string): string {
  if (bytes.length <= largestBytes)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
    } catch {
      // Told below, without the bytes.
    }
  throw invalidInput([{ field: option, expected: 'a client secret in UTF-8 of at most 64 KiB' }]);
}
