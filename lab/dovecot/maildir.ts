import { createHash } from 'node:crypto';
import {
  chownSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LabUser } from './user.ts';

export type Mail = Uint8Array | AsyncIterable<Uint8Array>;

/** One user's mail as files (cr.yp.to/proto/maildir.html; Dovecot keeps folder `X` in `.X`). */
export function openMaildir(home: string, owner: LabUser) {
  const root = join(home, 'Maildir');
  const pathOf = (folder: string) =>
    folder === 'INBOX' ? root : join(root, `.${folder.replaceAll('/', '.')}`);
  let last = 0;

  function own(path: string): void {
    if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
  }

  function makeFolder(folder: string): string {
    const path = pathOf(folder);
    for (const part of [home, root, path, ...['cur', 'new', 'tmp'].map((name) => join(path, name))]) {
      mkdirSync(part, { recursive: true });
      own(part);
    }
    return path;
  }

  const files = (folder: string) =>
    ['cur', 'new'].flatMap((part) => {
      const path = join(pathOf(folder), part);
      return existsSync(path) ? readdirSync(path).map((file) => join(path, file)) : [];
    });

  return {
    path: root,
    makeFolder,

    /** Delivers one message: written aside, then renamed, so that the server sees it whole and at once. */
    async deliver(mail: Mail, folder = 'INBOX'): Promise<void> {
      const path = makeFolder(folder);
      // Seconds, then microseconds, as the format wants it: the order of delivery is the order of UIDs.
      const microseconds = Math.max(Date.now() * 1000, last + 1);
      last = microseconds;
      const name = `${Math.floor(microseconds / 1e6)}.M${String(microseconds % 1e6).padStart(6, '0')}P${process.pid}.lab`;
      const aside = join(path, 'tmp', name);
      if (mail instanceof Uint8Array) writeFileSync(aside, mail);
      else await pipeline(mail, createWriteStream(aside));
      own(aside);
      renameSync(aside, join(path, 'new', name));
    },

    /** What is there, each with the checksum of its bytes as IMAP gives them (line ends CRLF). */
    messages: (folder = 'INBOX') =>
      Promise.all(files(folder).map(async (file) => ({ file, sha256: await checksum(file) }))),

    /** Dovecot makes a new UIDVALIDITY when it finds neither its list of UIDs nor its index. */
    forgetUids(folder = 'INBOX'): void {
      const path = pathOf(folder);
      for (const name of readdirSync(path))
        if (name.startsWith('dovecot')) rmSync(join(path, name), { recursive: true, force: true });
    },
  };
}

async function checksum(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
