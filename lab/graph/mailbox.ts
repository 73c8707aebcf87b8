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
export function createMailbox(address: string, onChange: (change: Change, message: Message) => void) {
  const root = makeFolder('Top of Information Store', 'msgfolderroot', null);
  for (const [name, displayName] of Object.entries(wellKnown)) makeFolder(displayName, name, root);
  const byId = new Map<string, Message>();
  let changes = 0;

  function* foldersBelow(folder: Folder): Generator<Folder> {
    yield folder;
    for (const child of folder.children) yield* foldersBelow(child);
  }

  function leave(message: Message): void {
    const { folder, id, immutableId } = message;
    folder.messages.delete(immutableId);
    folder.removed.push({ id, immutableId, changedAt: changes });
  }

  const mailbox = {
    address,
    root,
    /** How many changes there were; delta tokens stand for it. */
    changes: () => changes,

    /** By id or well-known name; undefined when there is none. */
    folder(idOrName: string): Folder | undefined {
      const name = idOrName.toLowerCase();
      return foldersBelow(root).find(({ id, wellKnownName }) => id === idOrName || wellKnownName === name);
    },

    /** The folder of a path of display names, made where it is missing. */
    makeFolder(path: string, options: { searchFolder?: boolean } = {}): Folder {
      let folder = root;
      for (const displayName of path.split('/'))
        folder =
          folder.children.find((child) => child.displayName === displayName) ??
          makeFolder(displayName, null, folder, options.searchFolder);
      return folder;
    },

    messages: (): Message[] => [...foldersBelow(root)].flatMap(({ messages }) => [...messages.values()]),

    /** By either form of its id. */
    message: (id: string): Message | undefined => byId.get(id),

    add(
      folder: Folder,
      fields: Pick<Message, 'source' | 'size'> & Partial<Pick<Message, 'receivedAt' | 'isRead' | 'isDraft'>>,
    ): Message {
      changes++;
      const message: Message = {
        immutableId: newId('AAkALgAA'),
        id: newId('AAMkAGUw'),
        folder,
        receivedAt: new Date(),
        isRead: false,
        isDraft: false,
        arrivedAt: changes,
        changedAt: changes,
        ...fields,
      };
      folder.messages.set(message.immutableId, message);
      byId.set(message.immutableId, message).set(message.id, message);
      onChange('created', message);
      return message;
    },

    setRead(message: Message, isRead: boolean): void {
      changes++;
      message.isRead = isRead;
      message.changedAt = changes;
      onChange('updated', message);
    },

    move(message: Message, to: Folder): void {
      changes++;
      leave(message);
      onChange('deleted', message);
      byId.delete(message.id);
      Object.assign(message, {
        id: newId('AAMkAGUw'),
        folder: to,
        arrivedAt: changes,
        changedAt: changes,
      });
      to.messages.set(message.immutableId, message);
      byId.set(message.id, message);
      onChange('created', message);
    },

    /** To Deleted Items; what lies there already is gone for good. */
    delete(message: Message): void {
      const deletedItems = mailbox.folder('deleteditems') as Folder;
      if (message.folder !== deletedItems) {
        mailbox.move(message, deletedItems);
        return;
      }
      changes++;
      leave(message);
      byId.delete(message.id);
      byId.delete(message.immutableId);
      onChange('deleted', message);
    },
  };
  return mailbox;
}

export type Mailbox = ReturnType<typeof createMailbox>;

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
