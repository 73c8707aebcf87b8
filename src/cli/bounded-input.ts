import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { invalidInput } from '../model/problem.ts';

/** What a stream brings. Where that is more than `mostBytes`, only so much that its length tells it. */
export async function readBounded(input: Readable, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > mostBytes) break;
  }
  return Buffer.concat(chunks);
}

/**
 * What is in the file that `option` names, bounded as above; `what` says which sort of file is wanted. Throws
 * `input.invalid` when it cannot be read.
 */
export async function readFileBounded(
  file: string,
  option: string,
  mostBytes: number,
  what = 'file',
): Promise<Buffer> {
  try {
    await using opened = await open(file);
    return await readBounded(opened.createReadStream({ autoClose: false }), mostBytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalidInput([
      { field: option, expected: `a ${what} that can be read`, given: `${file} (${code})` },
    ]);
  }
}
