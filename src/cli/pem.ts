import { readFile } from 'node:fs/promises';
import { invalidInput } from '../model/problem.ts';
import type { Given } from './command.ts';

/** The PEM file that an option names, read; undefined where it is not given. */
export async function readPem(given: Given, option: string): Promise<string | undefined> {
  const file = given.text(option);
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalidInput([
      {
        field: `--${option}`,
        expected: 'a PEM file that can be read',
        given: `${file} (${code})`,
      },
    ]);
  }
}
