import { find, textOf, type XmlElement } from '../../network/xml-element.ts';
import { isPattern, matcherOf } from '../folder-pattern.ts';
import { Paging } from '../paging.ts';
import type { EwsClient } from './client.ts';
import { type FolderId, findFolders, getFolders } from './operations.ts';
import { refusalOf } from './refusal.ts';

/** A folder by its name in settings and positions, and as Exchange wants it. */
export interface Folder {
  name: string;
  id: FolderId;
}

/** Names that need no looking up: IMAP's, the special uses of RFC 6154, and Exchange's own (DistinguishedFolderId). */
const distinguished: Record<string, string> = {
  inbox: 'inbox',
  drafts: 'drafts',
  sentitems: 'sentitems',
  deleteditems: 'deleteditems',
  junkemail: 'junkemail',
  archiveinbox: 'archiveinbox',
  '\\drafts': 'drafts',
  '\\sent': 'sentitems',
  '\\trash': 'deleteditems',
  '\\junk': 'junkemail',
};

function distinguishedId(name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(distinguished, key) ? distinguished[key] : undefined;
}

/** Folders that are read, and names for which there is none. */
export interface Resolved {
  folders: Folder[];
  missing: string[];
  /** The mailbox listed its folders without an end. */
  isEndless: boolean;
}

export interface Listed {
  folders: Folder[];
  isEndless: boolean;
}

/** A mailbox of Exchange holds no more (Microsoft: Exchange Online limits, folders). */
const mostFolders = 10_000;

/**
 * Finds the folders by their names: paths such as `INBOX/Orders`, with `*` for any characters and `%` for any but `/`
 * (RFC 3501 6.3.8), or special ones. The mailbox is asked only for what has no fixed name;
 * `list` gives all its folders.
 */
export async function resolveFolders(
  client: EwsClient,
  names: readonly string[],
  signal: AbortSignal,
  list: () => Promise<Listed> = () => listFolders(client, signal),
): Promise<Resolved> {
  const found = new Map<string, Folder>();
  const missing: string[] = [];
  let all: Listed | null = null;
  for (const name of names) {
    const fixed = distinguishedId(name);
    if (fixed !== undefined) {
      found.set(name, { name, id: { distinguished: fixed } });
      continue;
    }
    all ??= await list();
    const matches = matcherOf(name);
    const matching = all.folders.filter((folder) => matches(folder.name));
    // A name without wildcards stays as it is written, so that positions do not change with its case
    for (const folder of matching) {
      const key = isPattern(name) ? folder.name : name;
      if (!found.has(key)) found.set(key, { name: key, id: folder.id });
    }
    if (matching.length === 0 && !isPattern(name)) missing.push(name);
  }
  return { folders: [...found.values()], missing, isEndless: all?.isEndless === true };
}

/** Every mail folder that people see, by its path. The inbox is `INBOX` here, whatever it is called in the mailbox's language. */
export async function listFolders(client: EwsClient, signal: AbortSignal): Promise<Listed> {
  const [inbox] = await client.ask(getFolders([{ distinguished: 'inbox' }]), signal);
  const refusal = inbox && refusalOf(inbox);
  if (refusal) throw refusal;
  const inboxId = idOf(find(inbox, 'Folders')?.children[0]);
  const { rows, isEndless } = await allRows(client, signal);
  const byId = new Map(rows.map((row) => [idOf(row), row]));

  function pathOf(row: XmlElement, depth = 0): string {
    if (idOf(row) === inboxId) return 'INBOX';
    const parent = byId.get(find(row, 'ParentFolderId')?.attributes.Id ?? '');
    const name = textOf(row, 'DisplayName');
    return parent && depth < 50 ? `${pathOf(parent, depth + 1)}/${name}` : name;
  }

  const folders = rows.filter(holdsMail).map((row) => ({ name: pathOf(row), id: { id: idOf(row) } }));
  return { folders, isEndless };
}

async function allRows(
  client: EwsClient,
  signal: AbortSignal,
): Promise<{ rows: XmlElement[]; isEndless: boolean }> {
  const rows: XmlElement[] = [];
  const paging = new Paging('0', mostFolders);
  for (;;) {
    const { message } = await client.askOne(findFolders(rows.length), signal);
    const root = find(message, 'RootFolder');
    rows.push(...paging.fresh(find(root, 'Folders')?.children ?? [], idOf));
    if (root?.attributes.IncludesLastItemInRange !== 'false') return { rows, isEndless: false };
    if (!(await paging.goesOn(`${rows.length}`, signal))) return { rows, isEndless: true };
  }
}

/** Calendars, contacts, tasks and the like have classes and elements of their own; `IPF.Imap` is mail that was imported. */
function holdsMail(row: XmlElement): boolean {
  return row.name === 'Folder' && /^(IPF(\.(Note|Imap)\b.*)?)?$/i.test(textOf(row, 'FolderClass'));
}

function idOf(row: XmlElement | undefined): string {
  return find(row, 'FolderId')?.attributes.Id ?? '';
}
