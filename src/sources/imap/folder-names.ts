import type { ListResponse } from 'imapflow';
import type { Problem } from '../../model/problem.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { isPattern } from '../folder-pattern.ts';
import { folderMissing } from '../folder-problems.ts';
import type { ImapConnection } from './connection.ts';

/** The folders that a server's settings mean just now. */
export interface ResolvedFolders {
  /** Names, each once, in the order of the settings. */
  names: string[];
  /** The first entry that means no folder. */
  missing: Problem | null;
}

/** RFC 6154 2: `\Junk`, `\Archive`, `\All`. */
const isSpecialUse = (entry: string) => entry.startsWith('\\');

/**
 * Finds what names, patterns and special uses stand for. The server is asked only where there is more than names
 * and its folders are not `known`.
 * A pattern leaves out the folder that messages are moved to: they would come in again, and be moved again.
 */
export async function resolveFolders(
  connection: ImapConnection,
  { folders, afterIntake }: Pick<MailServer, 'folders' | 'afterIntake'>,
  known?: ListResponse[],
): Promise<ResolvedFolders> {
  if (!folders.some((entry) => isPattern(entry) || isSpecialUse(entry)))
    return { names: [...new Set(folders)], missing: null };
  const target = afterIntake.action === 'move' ? afterIntake.folder : null;
  const listed = known ?? (await listFolders(connection));
  const names = new Set<string>();
  let missing: Problem | null = null;
  for (const entry of folders) {
    const found = matching(entry, listed).filter((name) => name !== target || entry === target);
    for (const name of found) names.add(name);
    if (found.length === 0) missing ??= folderMissing(connection.server, entry);
  }
  return { names: [...names], missing };
}

/** All folders that can be opened. Throws a Problem. */
export async function listFolders(connection: ImapConnection): Promise<ListResponse[]> {
  const listed = await connection.client.list().catch((error) => {
    throw connection.explain(error, 'list the folders');
  });
  return listed.filter(({ flags }) => !hasFlag(flags, '\\Noselect') && !hasFlag(flags, '\\NonExistent'));
}

function matching(entry: string, listed: ListResponse[]): string[] {
  // Servers without SPECIAL-USE may flag folders all the same, Exchange Online does; else imapflow knows usual names
  if (isSpecialUse(entry)) {
    const flagged = listed.filter(({ flags }) => hasFlag(flags, entry));
    const found = flagged.length > 0 ? flagged : listed.filter(({ specialUse }) => isSame(specialUse, entry));
    return found.map(({ path }) => path);
  }
  if (!isPattern(entry)) return [entry];
  return listed
    .filter(({ path, delimiter }) => toExpression(entry, delimiter).test(path))
    .map(({ path }) => path)
    .toSorted();
}

function toExpression(pattern: string, delimiter: string | undefined): RegExp {
  const level = delimiter ? `[^${escaped(delimiter)}]*` : '.*';
  const source = pattern
    .split(/([*%])/)
    .map((part) => (part === '*' ? '.*' : part === '%' ? level : escaped(part)))
    .join('');
  return new RegExp(`^${source}$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function hasFlag(flags: Set<string>, wanted: string): boolean {
  return [...flags].some((flag) => isSame(flag, wanted));
}

function isSame(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
