import { randomBytes } from 'node:crypto';

export interface Message {
  /** The same as long as the message stays in the mailbox. */
  immutableId: string;
  /** Another one after each move. */
  id: string;
  folder: Folder;
  /** Bytes, or the file that holds them. */
  source: Buffer | { file: string };
  size: number;
  receivedAt: Date;
  isRead: boolean;
  isDraft: boolean;
  /** The mailbox's count of changes when it came into its folder, and when it was changed last. */
  arrivedAt: number;
  changedAt: number;
}

export interface Folder {
  id: string;
  displayName: string;
  wellKnownName: string | null;
  parent: Folder | null;
  children: Folder[];
  isSearchFolder: boolean;
  /** By immutable id. */
  messages: Map<string, Message>;
  /** What left it, and when in the mailbox's count of changes. */
  removed: { immutableId: string; id: string; changedAt: number }[];
}

export type Change = 'created' | 'updated' | 'deleted';

const wellKnown = {
  inbox: 'Inbox',
  archive: 'Archive',
  drafts: 'Drafts',
  sentitems: 'Sent Items',
  deleteditems: 'Deleted Items',
  junkemail: 'Junk Email',
} as const;

export type WellKnownName = keyof typeof wellKnown;

/** One mailbox: a tree of folders, each a set of messages with the memory of its changes that delta queries need. */
export class Mailbox {
  readonly address: string;
  readonly root = makeFolder('Top of Information Store', 'msgfolderroot', null);
  readonly #onChange: (change: Change, message: Message) => void;
  readonly #byId = new Map<string, Message>();
  #changes = 0;

  constructor(address: string, onChange: (change: Change, message: Message) => void) {
    this.address = address;
    this.#onChange = onChange;
    for (const [name, displayName] of Object.entries(wellKnown)) makeFolder(displayName, name, this.root);
  }

  /** How many changes there were; delta tokens stand for it. */
  changes(): number {
    return this.#changes;
  }

  /** By id or well-known name; undefined when there is none. */
  folder(idOrName: string): Folder | undefined {
    const name = idOrName.toLowerCase();
    return foldersBelow(this.root).find(({ id, wellKnownName }) => id === idOrName || wellKnownName === name);
  }

  /** The folder of a path of display names, made where it is missing. */
  makeFolder(path: string, options: { searchFolder?: boolean } = {}): Folder {
    let folder = this.root;
    for (const displayName of path.split('/'))
      folder =
        folder.children.find((child) => child.displayName === displayName) ??
        makeFolder(displayName, null, folder, options.searchFolder);
    return folder;
  }

  messages(): Message[] {
    return [...foldersBelow(this.root)].flatMap(({ messages }) => [...messages.values()]);
  }

  /** By either form of its id. */
  message(id: string): Message | undefined {
    return this.#byId.get(id);
  }

  add(
    folder: Folder,
    fields: Pick<Message, 'source' | 'size'> & Partial<Pick<Message, 'receivedAt' | 'isRead' | 'isDraft'>>,
  ): Message {
    this.#changes++;
    const message: Message = {
      immutableId: newId('AAkALgAA'),
      id: newId('AAMkAGUw'),
      folder,
      receivedAt: new Date(),
      isRead: false,
      isDraft: false,
      arrivedAt: this.#changes,
      changedAt: this.#changes,
      ...fields,
    };
    folder.messages.set(message.immutableId, message);
    this.#byId.set(message.immutableId, message).set(message.id, message);
    this.#onChange('created', message);
    return message;
  }

  setRead(message: Message, isRead: boolean): void {
    this.#changes++;
    message.isRead = isRead;
    message.changedAt = this.#changes;
    this.#onChange('updated', message);
  }

  move(message: Message, to: Folder): void {
    this.#leave(message);
    this.#onChange('deleted', message);
    this.#byId.delete(message.id);
    Object.assign(message, {
      id: newId('AAMkAGUw'),
      folder: to,
      arrivedAt: this.#changes,
      changedAt: this.#changes,
    });
    to.messages.set(message.immutableId, message);
    this.#byId.set(message.id, message);
    this.#onChange('created', message);
  }

  /** To Deleted Items; what lies there already is gone for good. */
  delete(message: Message): void {
    const deletedItems = this.folder('deleteditems') as Folder;
    if (message.folder !== deletedItems) {
      this.move(message, deletedItems);
      return;
    }
    this.#leave(message);
    this.#byId.delete(message.id);
    this.#byId.delete(message.immutableId);
    this.#onChange('deleted', message);
  }

  #leave({ folder, id, immutableId }: Message): void {
    this.#changes++;
    folder.messages.delete(immutableId);
    folder.removed.push({ id, immutableId, changedAt: this.#changes });
  }
}

function* foldersBelow(folder: Folder): Generator<Folder> {
  yield folder;
  for (const child of folder.children) yield* foldersBelow(child);
}

function makeFolder(
  displayName: string,
  wellKnownName: string | null,
  parent: Folder | null,
  isSearchFolder = false,
): Folder {
  const folder: Folder = {
    id: newId('AQMkADYA'),
    displayName,
    wellKnownName,
    parent,
    children: [],
    isSearchFolder,
    messages: new Map(),
    removed: [],
  };
  parent?.children.push(folder);
  return folder;
}

/** As long as Exchange's, in the alphabet of URLs (RFC 4648 5), with its padding. */
function newId(prefix: string): string {
  return `${prefix}${randomBytes(83).toString('base64url')}=`;
}

/** Whether something has the form of an id, of a message or of a folder. */
export function isId(text: string): boolean {
  return /^A[AQ][\w-]{60,}={0,2}$/.test(text);
}
