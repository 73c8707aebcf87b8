import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Problem } from '../../model/problem.ts';

/** Who holds a data folder: a server, until it is stopped, or one command, which soon ends. */
export type Holder = 'server' | 'command';

interface FolderLock {
  /** Whether the process before did not release it: it was killed, or the machine stopped. */
  unclean: boolean;
  /** `clean`: nothing is left to be looked into at the next start. */
  release(clean: boolean): void;
}

/**
 * Makes this process the only one on a data folder until it ends, however it ends: the lock is the
 * operating system's, on a file of its own, so a killed process leaves none behind.
 * Throws `store.locked`, or `store.locked-by-command`, with the pid of the process that has it.
 */
export function lockFolder(folder: string, holder: Holder): FolderLock {
  const pidFile = join(folder, 'letterbox.pid');
  const lock = new DatabaseSync(join(folder, 'letterbox.lock'));
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== 5) throw error;
    throw lockedBy(pidFile, folder, error);
  }
  const unclean = existsSync(pidFile);
  writeFileSync(pidFile, `${process.pid} ${holder}\n`, { mode: 0o600 });
  return {
    unclean,
    release(clean) {
      if (clean) rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function lockedBy(pidFile: string, folder: string, error: unknown): Problem {
  const [pid, holder] = holderOf(pidFile);
  const detail = `process ${pid}, folder ${folder}`;
  if (holder === 'command')
    return new Problem(
      {
        code: 'store.locked-by-command',
        kind: 'busy',
        title: 'A command of Letterbox uses this data folder just now',
        detail,
        cause: 'Such as `letterbox server sync`, which reads a whole mailbox before it ends.',
        remedy: `Wait until it has ended, or end it (kill ${pid}; what it has stored stays), then run this again.`,
        retry: 'later',
      },
      error,
    );
  return new Problem(
    {
      code: 'store.locked',
      kind: 'busy',
      title: 'Another Letterbox already runs on this data folder',
      detail,
      remedy: `Stop process ${pid} first, or give this one a data folder of its own (dataFolder).`,
    },
    error,
  );
}

function holderOf(pidFile: string): [pid: string, holder: string] {
  try {
    const [pid = '', holder = ''] = readFileSync(pidFile, 'utf8').trim().split(' ');
    return [pid || 'unknown', holder];
  } catch {
    // The other process is just starting and has not written it yet.
    return ['unknown', ''];
  }
}
