import { invalidInput } from '../model/problem.ts';
import { usageProblem } from './arguments.ts';
import { readBounded, readFileBounded } from './bounded-input.ts';
import type { Call, Options } from './command.ts';

/** A secret that a command takes: `client-secret`, the client secret, the field clientSecret. */
export interface AskedSecret {
  name: string;
  what: string;
  field: string;
}

/** Ways to give a secret, the safe ones first. */
export function secretOptions({ name, what, field }: AskedSecret): Options {
  return {
    [`${name}-file`]: {
      type: 'text',
      value: 'FILE',
      summary: `File that holds the ${what}; a line end after it is left out`,
      field,
    },
    [`${name}-stdin`]: { type: 'flag', summary: `Reads the ${what} from standard input`, field },
    [name]: {
      type: 'text',
      value: what === 'password' ? 'PASSWORD' : 'SECRET',
      summary: `The ${what} itself; other users of the machine and the shell’s history may see it`,
      field,
    },
  };
}

const largestBytes = 64 * 1024;

/** The secret from the one place that an option names; undefined when none does. */
export async function readGivenSecret(
  { command, given, stdin, out }: Call,
  { name, what, field }: AskedSecret,
): Promise<string | undefined> {
  const named = Object.keys(secretOptions({ name, what, field })).filter((option) => given.flag(option));
  if (named.length > 1)
    throw usageProblem(
      named.map((option) => ({ field: `--${option}`, expected: 'may be given alone only' })),
      command.name,
    );
  const file = given.text(`${name}-file`);
  if (file !== undefined) {
    const option = `--${name}-file`;
    return decode(await readFileBounded(file, option, largestBytes), option, `a ${what}`);
  }
  if (given.flag(`${name}-stdin`))
    return decode(await readBounded(stdin, largestBytes), `--${name}-stdin`, `a ${what}`);
  const bare = given.text(name);
  if (bare !== undefined)
    out.remark(
      `Careful: what is on a command line, other users of this machine can see, and the shell remembers it. --${name}-file is safe.`,
    );
  return bare;
}

/** Byte for byte, but for the line end that an editor or `echo` puts after it. */
function decode(bytes: Buffer, option: string, what: string): string {
  if (bytes.length <= largestBytes)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
    } catch {
      // Told below, without the bytes.
    }
  throw invalidInput([{ field: option, expected: `${what} in UTF-8 of at most 64 KiB` }]);
}
