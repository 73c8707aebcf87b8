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
  /** Of what has moved. */
  old?: { itemId: string; folderId: string };
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
export class Mailbox {
  readonly address: string;
  readonly folders = new Map<string, Folder>();
  readonly root: Folder;
  /** Where large messages are kept. */
  readonly #files: string;
  readonly #seed = randomBytes(80);
  readonly #listeners = new Set<(event: MailboxEvent) => void>();
  #made = 0;
  #changed = 0;
  #receipts = 0;

  constructor(address: string, files: string) {
    this.address = address;
    this.#files = files;
    const { id } = this.#addFolder('Root', '', 'root');
    this.root = this.#addFolder('Top of Information Store', id, 'msgfolderroot');
    for (const [name, distinguished] of wellKnown) this.#addFolder(name, this.root.id, distinguished);
    this.#addFolder('Calendar', this.root.id, 'calendar').class = 'IPF.Appointment';
  }

  /** By path (`INBOX/Orders`, in any case), distinguished name or id; makes what is missing of a path when asked to. */
  folderAt(path: string, make = false): Folder | undefined {
    const folders = () => this.folders.values();
    const named = folders().find(({ id, distinguished }) => id === path || distinguished === path);
    if (named) return named;
    return path.split('/').reduce<Folder | undefined>((parent, name) => {
      const child = folders().find(
        (one) => one.parentId === parent?.id && one.name.toLowerCase() === name.toLowerCase(),
      );
      return child ?? (make && parent ? this.#addFolder(name, parent.id) : undefined);
    }, this.root);
  }

  find(itemId: string): { item: Item; folder: Folder } | null {
    for (const folder of this.folders.values()) {
      const item = folder.items.get(itemId);
      if (item) return { item, folder };
    }
    return null;
  }

  lastChange(): number {
    return this.#changed;
  }

  /** Tells of each event from now on, until what is returned is called. */
  listen(listener: (event: MailboxEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async deliver(
    mail: Uint8Array | AsyncIterable<Uint8Array>,
    path = 'INBOX',
    { receivedAt = new Date(), type = 'Message', announcedSize, refusal }: Delivered = {},
  ): Promise<string> {
    const into = this.folderAt(path, true) as Folder;
    const id = this.#newId();
    const mime = await keep(mail, join(this.#files, `${this.#made}.eml`));
    const size = announcedSize ?? sizeOf(mime);
    const state = { isRead: false, created: 0, isProtected: false, refusal: refusal ?? null };
    this.#place({ id, changeKey: versionOf(0), type, mime, size, receivedAt, ...state }, into);
    this.#tell('CreatedEvent', id, into.id);
    this.#tell('NewMailEvent', id, into.id);
    return id;
  }

  remove(itemId: string): void {
    const found = this.#takeOut(itemId);
    if (found) this.#tell('DeletedEvent', itemId, found.folder.id);
  }

  /** The item gets another id, as it does in Exchange. */
  move(itemId: string, into: Folder): Item | null {
    const found = this.#takeOut(itemId);
    if (!found) return null;
    const moved = { ...found.item, id: this.#newId() };
    this.#place(moved, into);
    this.#tell('MovedEvent', moved.id, into.id, { itemId, folderId: found.folder.id });
    return moved;
  }

  protect(itemId: string): void {
    const found = this.find(itemId);
    if (found) found.item.isProtected = true;
  }

  /** Read receipts that were sent because somebody did not suppress them. */
  receipts(): number {
    return this.#receipts;
  }

  sendReceipt(): void {
    this.#receipts++;
  }

  setRead(itemId: string, isRead: boolean): void {
    const found = this.find(itemId);
    if (!found) return;
    found.item.isRead = isRead;
    found.item.changeKey = versionOf(this.#note(found.folder, 'ReadFlagChange', itemId));
    this.#tell('ModifiedEvent', itemId, found.folder.id);
  }

  /** As long as Exchange's, alike but for their ends, and case matters. */
  #newId(): string {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(++this.#made);
    return Buffer.concat([this.#seed, randomBytes(28), number]).toString('base64');
  }

  #addFolder(name: string, parentId: string, distinguished: string | null = null): Folder {
    const added: Folder = {
      id: this.#newId(),
      parentId,
      name,
      class: 'IPF.Note',
      distinguished,
      items: new Map(),
      changes: [],
    };
    this.folders.set(added.id, added);
    return added;
  }

  #place(item: Item, into: Folder): void {
    item.created = this.#note(into, 'Create', item.id);
    into.items.set(item.id, item);
  }

  #takeOut(itemId: string): { item: Item; folder: Folder } | null {
    const found = this.find(itemId);
    if (!found) return null;
    found.folder.items.delete(itemId);
    this.#note(found.folder, 'Delete', itemId);
    return found;
  }

  #note(of: Folder, kind: ChangeKind, itemId: string): number {
    of.changes.push({ number: ++this.#changed, kind, itemId });
    return this.#changed;
  }

  #tell(type: MailboxEvent['type'], itemId: string, folderId: string, old?: MailboxEvent['old']): void {
    for (const listener of this.#listeners) listener({ type, itemId, folderId, ...(old && { old }) });
  }
}

function versionOf(change: number): string {
  return Buffer.from(`change ${change}`).toString('base64');
}

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
