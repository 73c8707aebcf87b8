import { invalidInput } from '../model/problem.ts';
import { withArticle } from '../resources/titles.ts';
import { readBounded, readFileBounded } from './bounded-input.ts';
import type { Call } from './command.ts';

const largestBytes = 64 * 1024;

/** The secret in a file; `option` named it, and `what` is what it is: `client secret`. */
export async function readSecretFile(file: string, option: string, what: string): Promise<string> {
  return decode(await readFileBounded(file, option, largestBytes), option, what);
}

/** The same from standard input. */
export async function readSecretInput({ stdin }: Call, option: string, what: string): Promise<string> {
  return decode(await readBounded(stdin, largestBytes), option, what);
}

/** Tells, of a secret that was given on the command line itself, which option is safe. */
export function warnOfShownSecret({ out }: Call, safeOption: string): void {
  out.remark(
    `Careful: what is on a command line, other users of this machine can see, and the shell remembers it. ${safeOption} is safe.`,
  );
}

/** Byte for byte, but for the line end that an editor or `echo` puts after it. */
function decode(bytes: Buffer, option: string, what: string): string {
  if (bytes.length <= largestBytes)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
    } catch {
      // Told below, without the bytes.
    }
  throw invalidInput([{ field: option, expected: `${withArticle(what)} in UTF-8 of at most 64 KiB` }]);
}
