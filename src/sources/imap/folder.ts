import type { ImapFlowError, SearchObject } from 'imapflow';
import type { ImapConnection } from './connection.ts';
import { saidBy } from './explain.ts';
import { folderMissing, folderRefused } from './folder-problems.ts';

/** What SELECT or EXAMINE told of a folder (RFC 3501 6.3.1). */
export interface OpenFolder {
  /** UIDVALIDITY, in decimal; empty where the server has none. */
  validity: string;
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
    const { uidValidity, exists, readOnly } = await connection.client.mailboxOpen(folder, options);
    return { validity: String(uidValidity ?? ''), messages: exists ?? 0, readOnly: readOnly === true };
  } catch (error) {
    if ((error as ImapFlowError).mailboxMissing) throw folderMissing(connection.server, folder, error);
    const problem = connection.explain(error);
    if (problem.code !== 'imap.refused') throw problem;
    throw folderRefused(connection.server, folder, saidBy(error as ImapFlowError), error);
  }
}

/** UIDs in the open folder that answer the query, ascending. Throws when the server refuses. */
export async function searchUids(connection: ImapConnection, query: SearchObject): Promise<number[]> {
  const uids = await connection.client.search(query, { uid: true });
  if (!Array.isArray(uids)) throw connection.explainRefusal('search the folder');
  return uids;
}
