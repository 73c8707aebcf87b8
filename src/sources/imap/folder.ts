import type { ImapFlowError, SearchObject } from 'imapflow';
import { Problem } from '../../model/problem.ts';
import { folderMissing } from '../folder-problems.ts';
import type { ImapConnection } from './connection.ts';
import { saidBy } from './explain.ts';
import { folderRefused } from './problems.ts';

/** What SELECT, EXAMINE and STATUS tell of a folder (RFC 3501 6.3.1, 6.3.10). */
export interface FolderState {
  /** UIDVALIDITY, in decimal; empty where the server has none. */
  validity: string;
  /** UIDNEXT: every later message gets this UID or a higher one (RFC 3501 2.3.1.1). */
  uidNext: number | undefined;
}

export interface OpenFolder extends FolderState {
  messages: number;
  /** The account may only look: also after asking to write. */
  readOnly: boolean;
}

/** Opens a folder. Throws `imap.folder-missing`, `imap.folder-refused`, or why the connection is of no use. */
export async function openFolder(
  connection: ImapConnection,
  folder: string,
  options: { readOnly: boolean },
): Promise<OpenFolder> {
  try {
    const opened = await connection.client.mailboxOpen(folder, options);
    const { uidValidity, exists, uidNext, readOnly } = opened;
    return {
      validity: String(uidValidity ?? ''),
      messages: exists ?? 0,
      uidNext,
      readOnly: readOnly === true,
    };
  } catch (error) {
    if ((error as ImapFlowError).mailboxMissing) throw folderMissing(connection.server, folder, error);
    const problem = connection.explain(error);
    if (problem.kind !== 'refused') throw problem;
    throw folderRefused(connection.server, folder, saidBy(error as ImapFlowError), error);
  }
}

/** Whether a folder could not be opened because it is not there. */
export function isFolderMissing(error: unknown): boolean {
  return error instanceof Problem && (error.origin as ImapFlowError | undefined)?.mailboxMissing === true;
}

/** The state of a folder that is not open, by one quick command; null where the server does not tell. */
export async function askState(connection: ImapConnection, folder: string): Promise<FolderState | null> {
  // What goes wrong here goes wrong again, and is told, when the folder is opened
  const told = await connection.client
    .status(folder, { uidNext: true, uidValidity: true })
    .catch(() => false);
  if (typeof told !== 'object') return null;
  return { validity: String(told.uidValidity ?? ''), uidNext: told.uidNext };
}

/** UIDs in the open folder that answer the query, ascending. Throws when the server refuses. */
export async function searchUids(connection: ImapConnection, query: SearchObject): Promise<number[]> {
  const uids = await connection.client.search(query, { uid: true });
  if (!Array.isArray(uids)) throw connection.explainRefusal('search the folder');
  return uids;
}

/**
 * UIDs as a sequence set (RFC 3501 9, `sequence-set`): `1:5,7`. Expects them ascending.
 */
export function toUidSet(uids: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < uids.length; ) {
    const first = uids[i] as number;
    let last = first;
    while (uids[++i] === last + 1) last++;
    ranges.push(first === last ? `${first}` : `${first}:${last}`);
  }
  return ranges.join(',');
}

/** A set of so many scattered UIDs stays far below the length of a command that servers accept. */
export const uidsAtOnce = 500;
