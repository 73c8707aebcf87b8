import { Problem } from '../../model/problem.ts';

/** Primary result codes, sqlite.org/rescode.html. */
const codes = { busy: 5, readonly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 };

/** An error of `node:sqlite` (or of the file system around it) as a problem, where a person can do something about it. */
export function explainSqlite(error: unknown): unknown {
  switch (primaryCode(error)) {
    case codes.full:
      return storeFull(error);
    case codes.busy:
      return new Problem(
        {
          code: 'store.busy',
          kind: 'busy',
          title: 'Another program holds the database',
          cause:
            'It was held for longer than Letterbox waits: by a backup, by a tool that looks into it, or by another Letterbox that is just ending.',
          remedy:
            'End that program (`fuser letterbox.sqlite` in the data folder names it). For backups take one that does not lock, such as `sqlite3 letterbox.sqlite ".backup FILE"`.',
          retry: 'later',
        },
        error,
      );
    case codes.ioError:
    case codes.readonly:
    case codes.cantOpen:
      return new Problem(
        {
          code: 'store.unwritable',
          kind: 'machine',
          title: 'The database file cannot be read or written',
          detail: (error as Error).message,
          remedy:
            'Check that the data folder exists, that its disk is in order and that this user may write there.',
          retry: 'later',
        },
        error,
      );
    case codes.corrupt:
    case codes.notADatabase:
      return new Problem(
        {
          code: 'store.corrupt',
          kind: 'internal',
          title: 'The database file is damaged',
          detail: (error as Error).message,
          remedy:
            'Stop Letterbox and restore the data folder from its last backup; mail that came since then and still lies in its mailbox is fetched again. See to the disk first: it will do it again.',
        },
        error,
      );
    default:
      return error;
  }
}

/** There is no room. */
export function storeFull(error?: unknown): Problem {
  return new Problem(
    {
      code: 'store.full',
      kind: 'full',
      title: 'The disk that holds the data folder is full',
      cause: 'The database could not grow. Nothing was lost: mail stays on its server until there is room.',
      remedy: 'Free space on that disk or enlarge it; Letterbox goes on by itself.',
      retry: 'later',
    },
    error,
  );
}

/** The same trouble where it ends the process: then nothing goes on by itself. */
export function atStart(error: unknown): unknown {
  const explained = explainSqlite(error);
  if (!(explained instanceof Problem) || explained.kind !== 'full') return explained;
  return explained.with({
    cause: 'Letterbox cannot start without room to write. Nothing was lost: mail stays on its server.',
    remedy: 'Free space on that disk or enlarge it, then start Letterbox again.',
    retry: 'no',
  });
}

function primaryCode(error: unknown): number | undefined {
  const { errcode, code } = (error ?? {}) as { errcode?: number; code?: string };
  // Extended codes carry the primary one in their low byte.
  if (errcode !== undefined) return errcode & 0xff;
  if (code === 'ENOSPC' || code === 'EDQUOT') return codes.full;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR') return codes.cantOpen;
  return undefined;
}
