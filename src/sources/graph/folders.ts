import type { Problem } from '../../model/problem.ts';
import { type Json, Malformed } from '../../network/graph.ts';
import { isPattern, matcherOf } from '../folder-pattern.ts';
import type { GraphClient } from './client.ts';
import { everyPage } from './collection.ts';
import { folderMissing, misunderstood } from './problems.ts';
import { Endless, isGone, isNoId } from './refusal.ts';

export interface Folder {
  /** As the settings name it; where they name many by a pattern, the path of display names. */
  name: string;
  id: string;
}

/** What a mailbox calls a folder. */
interface Listed {
  id: string;
  displayName: string;
  hasChildren: boolean;
}

const pageSize = 100;
const properties = '$select=id,displayName,childFolderCount';
/** A mailbox of Exchange Online holds no more (Microsoft: Exchange Online limits, folders). */
const mostFolders = 10_000;
/** Folders that lie deeper are left alone. */
const deepest = 50;

/** Finds the folders that names stand for. What was listed is remembered: make a new one for a new look. */
export class FolderFinder {
  readonly #client: GraphClient;
  readonly #signal: AbortSignal;
  readonly #collection: string;
  readonly #listed = new Map<string, Listed[]>();
  /** A list that had no end. */
  #endless: Problem | null = null;

  constructor(client: GraphClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
    this.#collection = `${client.mailbox}/mailFolders`;
  }

  /**
   * The folders that the names stand for, each once; and what to say of those that are not there, or of lists without
   * an end. A pattern without any folder counts as missing.
   */
  async resolve(names: readonly string[]): Promise<{ folders: Folder[]; missing: Problem | null }> {
    const found = new Map<string, Folder>();
    let missing: Problem | null = null;
    for (const name of names) {
      const folders = isPattern(name) ? await this.#matching(name) : await this.#named(name);
      if (folders.length === 0) missing ??= folderMissing(this.#client.server, name);
      for (const folder of folders) if (!found.has(folder.id)) found.set(folder.id, folder);
    }
    return { folders: [...found.values()], missing: this.#endless ?? missing };
  }

  /** The id of a folder; null where there is none by this name. */
  async find(name: string): Promise<string | null> {
    const byName = wellKnownName(name);
    const id = byName === null ? null : await this.#wellKnown(byName);
    if (id !== null || name.startsWith('\\')) return id;
    const [first = '', ...rest] = name.split('/');
    const root = rest.length === 0 ? null : wellKnownName(first);
    const rootId = root === null ? null : await this.#wellKnown(root);
    return (rootId && (await this.#descend(rest, rootId))) ?? this.#descend([first, ...rest], null);
  }

  /** Every folder, as a path of display names; the Inbox is INBOX in all languages. */
  async *all(): AsyncGenerator<Folder> {
    const inbox = await this.#wellKnown('inbox');
    const waiting: { parentId: string | null; path: string; depth: number }[] = [
      { parentId: null, path: '', depth: 1 },
    ];
    const seen = new Set<string>();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      for (const { id, displayName, hasChildren } of await this.#childrenOf(next.parentId)) {
        if (seen.has(id)) continue;
        if (seen.size === mostFolders) return;
        seen.add(id);
        const path = next.path + (id === inbox ? 'INBOX' : displayName);
        yield { name: path, id };
        const depth = next.depth + 1;
        if (hasChildren && depth <= deepest) waiting.push({ parentId: id, path: `${path}/`, depth });
      }
    }
  }

  async #named(name: string): Promise<Folder[]> {
    const id = await this.find(name);
    return id === null ? [] : [{ name, id }];
  }

  async #matching(pattern: string): Promise<Folder[]> {
    const matches = matcherOf(pattern);
    const folders: Folder[] = [];
    for await (const folder of this.all()) if (matches(folder.name)) folders.push(folder);
    return folders;
  }

  async #wellKnown(name: string): Promise<string | null> {
    const target = `${this.#collection}/${encodeURIComponent(name)}?$select=id`;
    try {
      return textOf(await this.#client.get(target, { signal: this.#signal }), 'id');
    } catch (error) {
      if (!isGone(error) && !isNoId(error)) throw error;
      return null;
    }
  }

  /** Below a folder; display names may contain slashes themselves. */
  async #descend(segments: string[], parentId: string | null): Promise<string | null> {
    const children = await this.#childrenOf(parentId);
    for (let taken = 1; taken <= segments.length; taken++) {
      const name = segments.slice(0, taken).join('/');
      const child = children.find(({ displayName }) => sameName(displayName, name));
      if (!child) continue;
      if (taken === segments.length) return child.id;
      const found = child.hasChildren ? await this.#descend(segments.slice(taken), child.id) : null;
      if (found !== null) return found;
    }
    return null;
  }

  async #childrenOf(parentId: string | null): Promise<Listed[]> {
    const known = this.#listed.get(parentId ?? '');
    if (known) return known;
    const parent =
      parentId === null
        ? this.#collection
        : `${this.#collection}/${encodeURIComponent(parentId)}/childFolders`;
    const target = `${parent}?$top=${pageSize}&${properties}`;
    const items: Json[] = [];
    try {
      const options = { signal: this.#signal, pageSize, most: mostFolders };
      for await (const page of everyPage(this.#client, target, options)) items.push(...page);
    } catch (error) {
      if (!(error instanceof Endless)) throw error;
      this.#endless = misunderstood(this.#client.server, error.message, error);
    }
    const children = items
      // A search folder shows messages that lie elsewhere
      .filter((item) => item['@odata.type'] !== '#microsoft.graph.mailSearchFolder')
      .map((item) => ({
        id: textOf(item, 'id'),
        displayName: textOf(item, 'displayName'),
        hasChildren: Number(item.childFolderCount) > 0,
      }));
    this.#listed.set(parentId ?? '', children);
    return children;
  }
}

/** Special uses of RFC 6154 and RFC 6851's `\Archive` by their names in Graph. */
const specialUses: Record<string, string> = {
  '\\archive': 'archive',
  '\\drafts': 'drafts',
  '\\junk': 'junkemail',
  '\\sent': 'sentitems',
  '\\trash': 'deleteditems',
};

/** Names by which Graph finds folders whatever the mailbox calls them (Microsoft: mailFolder, well-known folder names). */
const wellKnownNames = new Set([
  'archive',
  'clutter',
  'conversationhistory',
  'deleteditems',
  'drafts',
  'inbox',
  'junkemail',
  'outbox',
  'recoverableitemsdeletions',
  'sentitems',
]);

/** The well-known name that `name` may stand for; null where it can only be a path of display names. */
function wellKnownName(name: string): string | null {
  const lower = name.toLowerCase();
  const special = specialUses[lower];
  if (special) return special;
  return wellKnownNames.has(lower) ? lower : null;
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** A member that must be there. Throws {@link Malformed} when it is not. */
export function textOf(json: Json, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw new Malformed(`an object without ${name}`);
  return value;
}
