import { readFolderCursor, writeFolderCursor } from '../folder-cursor.ts';
import type { Cursor } from '../source.ts';

/** How far the whole mailbox was read: what a {@link Cursor} says. */
export interface Progress {
  /** The sync state up to which a folder was read; null is its beginning. Exchange's own, some hundred characters or thousands. */
  stateOf(folder: string): string | null;
  reach(folder: string, state: string | null): void;
  /** All other folders are forgotten. */
  keepOnly(folders: readonly string[]): void;
  toCursor(): Cursor;
}

/** Opens a cursor. One that cannot be understood starts from the beginning: the store knows what it has. */
export function openCursor(cursor: Cursor | null): Progress {
  const states = readFolderCursor(cursor, readState);
  return {
    stateOf: (folder) => states.get(folder) ?? null,
    reach(folder, state) {
      if (state === null) states.delete(folder);
      else states.set(folder, state);
    },
    keepOnly(folders) {
      for (const folder of states.keys()) if (!folders.includes(folder)) states.delete(folder);
    },
    toCursor: () => writeFolderCursor(states),
  };
}

function readState(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
