import { openMailbox } from './access.ts';
import { malformedId, notFound } from './errors.ts';
import { type Folder, isId, type Mailbox } from './mailbox.ts';
import { onlyOptions, page, selected } from './odata.ts';
import type { Ask, Route } from './request.ts';

const properties = [
  'id',
  'displayName',
  'parentFolderId',
  'childFolderCount',
  'unreadItemCount',
  'totalItemCount',
  'isHidden',
] as const;
const listOptions = ['$select', '$top', '$skip', '$count', 'includeHiddenFolders'];

/** The folder named in the path, by its id or well-known name. */
export function folderOf(mailbox: Mailbox, { params }: Ask): Folder {
  return folderNamed(mailbox, params.folder ?? '');
}

/** Names that mailboxes may have besides those that the lab's have (Microsoft: mailFolder resource type). */
const otherNames =
  /^(clutter|conflicts|conversationhistory|localfailures|outbox|recoverableitemsdeletions|scheduled|searchfolders|serverfailures|syncissues)$/i;

/** By its id or well-known name. Throws 404, and 400 for what can be neither. */
export function folderNamed(mailbox: Mailbox, idOrName: string): Folder {
  const folder = mailbox.folder(idOrName);
  if (folder) return folder;
  throw isId(idOrName) || otherNames.test(idOrName) ? notFound() : malformedId();
}

function render(folder: Folder, select: string[] | null): object {
  const unread = [...folder.messages.values()].filter(({ isRead }) => !isRead);
  const all: Record<(typeof properties)[number], unknown> = {
    id: folder.id,
    displayName: folder.displayName,
    parentFolderId: folder.parent?.id ?? '',
    childFolderCount: folder.children.length,
    unreadItemCount: unread.length,
    totalItemCount: folder.messages.size,
    isHidden: false,
  };
  const wanted = select
    ? Object.entries(all).filter(([name]) => name === 'id' || select.includes(name))
    : null;
  return {
    ...(folder.isSearchFolder && { '@odata.type': '#microsoft.graph.mailSearchFolder' }),
    ...(wanted ? Object.fromEntries(wanted) : all),
  };
}

/** Microsoft: List mailFolders, List childFolders, Get mailFolder. */
export const folderRoutes: Route[] = [
  {
    method: 'GET',
    path: 'users/:user/mailFolders',
    answer: (ask) => list(ask, (mailbox) => mailbox.root),
  },
  {
    method: 'GET',
    path: 'users/:user/mailFolders/:folder/childFolders',
    answer: (ask) => list(ask, (mailbox) => folderOf(mailbox, ask)),
  },
  {
    method: 'GET',
    path: 'users/:user/mailFolders/:folder',
    answer(ask) {
      onlyOptions(ask, ['$select']);
      const mailbox = openMailbox(ask.caller, ask.params.user ?? '', 'Mail.Read', ask.world);
      const select = selected(ask, properties, 'microsoft.graph.mailFolder');
      return { status: 200, json: render(folderOf(mailbox, ask), select) };
    },
  },
];

function list(ask: Ask, parent: (mailbox: Mailbox) => Folder) {
  onlyOptions(ask, listOptions);
  const mailbox = openMailbox(ask.caller, ask.params.user ?? '', 'Mail.Read', ask.world);
  const select = selected(ask, properties, 'microsoft.graph.mailFolder');
  return { status: 200, json: page(ask, parent(mailbox).children, (folder) => render(folder, select)) };
}
