import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeAttachment, type ReadSource } from '../mime/decode.ts';
import type { Attachment } from '../model/message.ts';
import { Problem } from '../model/problem.ts';

/** Bytes of a file's name; most file systems take 255. */
const longestName = 200;

/**
 * Writes the decoded bytes of an attachment into a folder, which is made where it is not there. Never overwrites what is
 * there, nor follows a link. Throws `attachment.not-written` when it cannot be written; what came of it is removed.
 */
export async function writeAttachment(
  folder: string,
  attachment: Attachment,
  read: ReadSource,
): Promise<void> {
  const path = join(folder, fileName(attachment));
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  let made = false;
  try {
    await mkdir(folder, { recursive: true });
    await using file = await open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
    made = true;
    for await (const piece of decodeAttachment(attachment, read)) await file.writeFile(piece);
  } catch (error) {
    if (made) await rm(path, { force: true });
    throw notWritten(path, error as NodeJS.ErrnoException);
  }
}

/** `INDEX-NAME`, safe to use: no path, nothing hidden, nothing that a terminal or another system takes for more than a name. */
export function fileName({ index, filename }: Pick<Attachment, 'index' | 'filename'>): string {
  const safe = (filename ?? '')
    .replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^[.\s]+/, '')
    .trim();
  const name = safe === '' ? 'attachment' : safe;
  const extension = /\.[^.\s]{1,20}$/.exec(name)?.[0] ?? '';
  const beginning = name.slice(0, name.length - extension.length);
  const room = longestName - Buffer.byteLength(extension);
  return `${index}-${firstBytes(beginning, room)}${extension}`;
}

/** As many characters as have no more than so many bytes. */
function firstBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let size = 0;
  let kept = '';
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > most) break;
    kept += character;
  }
  return kept;
}

function notWritten(path: string, { code = 'unknown', message }: NodeJS.ErrnoException): Problem {
  return new Problem({
    code: 'attachment.not-written',
    kind: code === 'ENOSPC' ? 'full' : 'machine',
    title: 'An attachment could not be written',
    detail: `${path} (${code === 'unknown' ? message : code})`,
    cause:
      code === 'EEXIST'
        ? 'There is a file or a link of that name, and nothing is overwritten.'
        : 'The folder cannot be written to, or the mail could not be read again.',
    remedy:
      code === 'EEXIST'
        ? 'Name another folder, or remove the file.'
        : 'See what the system says, and name another folder.',
  });
}
