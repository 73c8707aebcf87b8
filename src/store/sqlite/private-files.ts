import { chmodSync, closeSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Everything of ours that lies in a data folder, with the files that SQLite puts beside the database. */
const names = [
  'letterbox.sqlite',
  'letterbox.sqlite-wal',
  'letterbox.sqlite-shm',
  'letterbox.sqlite-journal',
  'letterbox.lock',
  'letterbox.lock-journal',
  'letterbox.pid',
  'master.key',
  'certificate/development.key',
];
/** Made here, so that there is no moment in which others may open them. SQLite gives the files beside them the same mode. */
const made = ['letterbox.sqlite', 'letterbox.lock'];

/**
 * Makes the files of a data folder its owner's alone, whatever the mode of the folder and the umask: the database, which
 * holds mail in clear, is made with mode 0600, and what an earlier release left open is mended. What belongs to somebody
 * else is left as it is: they open it to whom they like.
 */
export function keepPrivate(folder: string): void {
  for (const name of made) closeSync(openSync(join(folder, name), 'a', 0o600));
  for (const name of names) {
    const file = join(folder, name);
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (!found?.isFile() || (found.mode & 0o077) === 0) continue;
    if (found.uid === process.getuid?.()) chmodSync(file, 0o600);
  }
}
