import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The MIME of an item: in memory, or in a file where it is large. */
export type Mime = Buffer | { file: string; size: number };

export interface Item {
  id: string;
  changeKey: string;
  /** Its element in answers: `Message`, `MeetingRequest`, `Contact` … */
  type: string;
  mime: Mime;
  /** As announced: in Exchange it is near to that of the MIME, but not the same. */
  size: number;
  receivedAt: Date;
  isRead: boolean;
  /** When it came into its folder, as a number of the mailbox's changes. */
  created: number;
  /** ResponseCode that GetItem answers for it, so often. */
  refusal: { code: string; times: number } | null;
  /** It cannot be deleted. */
  isProtected: boolean;
}

export type ChangeKind = 'Create' | 'Update' | 'Delete' | 'ReadFlagChange';

export interface Change {
  number: number;
  kind: ChangeKind;
  itemId: string;
}

export interface Folder {
  id: string;
  parentId: string;
  name: string;
  class: string;
  distinguished: string | null;
  items: Map<string, Item>;
  changes: Change[];
}

/** What a subscription hears of. */
export interface MailboxEvent {
  type: 'NewMailEvent' | 'CreatedEvent' | 'MovedEvent' | 'DeletedEvent' | 'ModifiedEvent';
  itemId: string;
  folderId: string;
}

export interface Delivered {
  receivedAt?: Date;
  type?: string;
  announcedSize?: number;
  refusal?: { code: string; times: number };
}

const wellKnown: [name: string, distinguished: string][] = [
  ['Inbox', 'inbox'],
  ['Drafts', 'drafts'],
  ['Sent Items', 'sentitems'],
  ['Deleted Items', 'deleteditems'],
  ['Junk Email', 'junkemail'],
];

/** One mailbox: its folders, their items with their MIME, and what changed in them. */
export function createMailbox(address: string, folder: string) {
  const seed = randomBytes(80);
  let made = 0;
  let changed = 0;
  let receipts = 0;
  const listeners = new Set<(event: MailboxEvent) => void>();
  const folders = new Map<string, Folder>();

  /** As long as Exchange's, alike but for their ends, and case matters. */
  function newId(): string {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(++made);
    return Buffer.concat([seed, randomBytes(28), number]).toString('base64');
  }

  function addFolder(name: string, parentId: string, distinguished: string | null = null): Folder {
    const added: Folder = {
      id: newId(),
      parentId,
      name,
      class: 'IPF.Note',
      distinguished,
      items: new Map(),
      changes: [],
    };
    folders.set(added.id, added);
    return added;
  }

  const root = addFolder('Top of Information Store', '', 'msgfolderroot');
  for (const [name, distinguished] of wellKnown) addFolder(name, root.id, distinguished);
  addFolder('Calendar', root.id, 'calendar').class = 'IPF.Appointment';

  function note(of: Folder, kind: ChangeKind, itemId: string): number {
    of.changes.push({ number: ++changed, kind, itemId });
    return changed;
  }

  function tell(type: MailboxEvent['type'], itemId: string, folderId: string): void {
    for (const listener of listeners) listener({ type, itemId, folderId });
  }

  /** By path (`INBOX/Orders`), distinguished name or id; makes what is missing of a path when asked to. */
  function folderAt(path: string, make = false): Folder | undefined {
    const named = [...folders.values()].find(
      ({ id, distinguished }) => id === path || distinguished === path,
    );
    if (named) return named;
    return path.split('/').reduce<Folder | undefined>((parent, name) => {
      const inbox = parent === root && name.toUpperCase() === 'INBOX';
      const child = [...folders.values()].find(
        (one) => one.parentId === parent?.id && (inbox ? one.distinguished === 'inbox' : one.name === name),
      );
      return child ?? (make && parent ? addFolder(name, parent.id) : undefined);
    }, root);
  }

  function place(item: Item, into: Folder): void {
    item.created = note(into, 'Create', item.id);
    into.items.set(item.id, item);
  }

  function find(itemId: string): { item: Item; folder: Folder } | null {
    for (const within of folders.values()) {
      const item = within.items.get(itemId);
      if (item) return { item, folder: within };
    }
    return null;
  }

  const versionOf = (number: number) => Buffer.from(`change ${number}`).toString('base64');

  return {
    address,
    folders,
    root,
    folderAt,
    find,
    lastChange: () => changed,
    listen(listener: (event: MailboxEvent) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async deliver(
      mail: Uint8Array | AsyncIterable<Uint8Array>,
      path = 'INBOX',
      { receivedAt = new Date(), type = 'Message', announcedSize, refusal }: Delivered = {},
    ): Promise<string> {
      const into = folderAt(path, true) as Folder;
      const id = newId();
      const mime = await keep(mail, join(folder, `${made}.eml`));
      const size = announcedSize ?? sizeOf(mime);
      const state = { isRead: false, created: 0, isProtected: false, refusal: refusal ?? null };
      place({ id, changeKey: versionOf(0), type, mime, size, receivedAt, ...state }, into);
      tell('CreatedEvent', id, into.id);
      tell('NewMailEvent', id, into.id);
      return id;
    },

    remove(itemId: string): void {
      const found = find(itemId);
      if (!found) return;
      found.folder.items.delete(itemId);
      note(found.folder, 'Delete', itemId);
      tell('DeletedEvent', itemId, found.folder.id);
    },

    /** The item gets another id, as it does in Exchange. */
    move(itemId: string, into: Folder): Item | null {
      const found = find(itemId);
      if (!found) return null;
      found.folder.items.delete(itemId);
      note(found.folder, 'Delete', itemId);
      const moved = { ...found.item, id: newId() };
      place(moved, into);
      tell('MovedEvent', moved.id, into.id);
      return moved;
    },

    protect(itemId: string): void {
      const found = find(itemId);
      if (found) found.item.isProtected = true;
    },

    /** Read receipts that were sent because somebody did not suppress them. */
    receipts: () => receipts,
    sendReceipt(): void {
      receipts++;
    },

    setRead(itemId: string, isRead: boolean): void {
      const found = find(itemId);
      if (!found) return;
      found.item.isRead = isRead;
      found.item.changeKey = versionOf(note(found.folder, 'ReadFlagChange', itemId));
      tell('ModifiedEvent', itemId, found.folder.id);
    },
  };
}

export type Mailbox = ReturnType<typeof createMailbox>;

async function keep(mail: Uint8Array | AsyncIterable<Uint8Array>, file: string): Promise<Mime> {
  if (mail instanceof Uint8Array) return Buffer.from(mail);
  await pipeline(mail, createWriteStream(file));
  return { file, size: (await stat(file)).size };
}

function sizeOf(mime: Mime): number {
  return Buffer.isBuffer(mime) ? mime.length : mime.size;
}

export function readMime(mime: Mime): AsyncIterable<Buffer> | Iterable<Buffer> {
  return Buffer.isBuffer(mime) ? [mime] : createReadStream(mime.file);
}
