import { Denied, type Reach } from './access.ts';
import { success } from './answers.ts';
import { attempt, itemId, type Message, properties } from './item-operations.ts';
import type { Folder } from './mailbox.ts';
import { at, escapeText, type RequestElement } from './request.ts';
import { changesSince, type ItemChange, readState, writeState } from './sync.ts';

export function getFolder(request: RequestElement, reach: Reach): Message[] {
  return (at(request, 'FolderIds')?.children ?? []).map((reference) =>
    attempt('GetFolder', () => {
      const { mailbox, folder } = reach.folder(reference);
      const below = [...mailbox.folders.values()].filter(({ parentId }) => parentId === folder.id);
      return success('GetFolder', `<m:Folders>${folderXml(folder, below.length)}</m:Folders>`);
    }),
  );
}

/** Pages may be smaller than asked for, as a server under load makes them. */
export function findFolder(request: RequestElement, reach: Reach): Message[] {
  const view = at(request, 'IndexedPageFolderView')?.attributes ?? {};
  const offset = Number(view.Offset ?? 0);
  const most = Math.min(Number(view.MaxEntriesReturned ?? 1000), 1000);
  const isDeep = request.attributes.Traversal === 'Deep';
  return (at(request, 'ParentFolderIds')?.children ?? []).map((reference) =>
    attempt('FindFolder', () => {
      const { mailbox, folder } = reach.folder(reference);
      const all = [...mailbox.folders.values()];
      const below = (id: string): Folder[] =>
        all
          .filter(({ parentId }) => parentId === id)
          .flatMap((child) => [child, ...(isDeep ? below(child.id) : [])]);
      const found = below(folder.id);
      const page = found.slice(offset, offset + most);
      const isLast = offset + page.length >= found.length;
      const rows = page.map((row) =>
        folderXml(row, all.filter(({ parentId }) => parentId === row.id).length),
      );
      return success(
        'FindFolder',
        `<m:RootFolder IndexedPagingOffset="${offset + page.length}" TotalItemsInView="${found.length}" ` +
          `IncludesLastItemInRange="${isLast}"><t:Folders>${rows.join('')}</t:Folders></m:RootFolder>`,
      );
    }),
  );
}

/** The whole hierarchy at the first time; afterwards only that nothing changed, as the lab does not follow changes of it. */
export function syncFolderHierarchy(request: RequestElement, reach: Reach): Message[] {
  const message = attempt('SyncFolderHierarchy', () => {
    const root = at(request, 'SyncFolderId')?.children[0];
    const { mailbox } = reach.folder(
      root ?? {
        name: 'types:DistinguishedFolderId',
        attributes: { Id: 'msgfolderroot' },
        children: [],
        text: '',
      },
    );
    const isFirst = !at(request, 'SyncState');
    const rows = [...mailbox.folders.values()].filter(
      ({ distinguished }) => distinguished !== 'root' && distinguished !== 'msgfolderroot',
    );
    const changes = isFirst ? rows.map((row) => `<t:Create>${folderXml(row, 0)}</t:Create>`) : [];
    return success(
      'SyncFolderHierarchy',
      `<m:SyncState>${Buffer.from(mailbox.address).toString('base64')}</m:SyncState>` +
        `<m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange><m:Changes>${changes.join('')}</m:Changes>`,
    );
  });
  return [message];
}

function folderXml(folder: Folder, children: number): string {
  const element = folder.class === 'IPF.Appointment' ? 'CalendarFolder' : 'Folder';
  const parent = folder.parentId && `<t:ParentFolderId Id="${folder.parentId}" ChangeKey="AQAAAA=="/>`;
  const unread = [...folder.items.values()].filter(({ isRead }) => !isRead).length;
  return (
    `<t:${element}><t:FolderId Id="${folder.id}" ChangeKey="AQAAAA=="/>${parent}` +
    `<t:FolderClass>${folder.class}</t:FolderClass><t:DisplayName>${escapeText(folder.name)}</t:DisplayName>` +
    `<t:TotalCount>${folder.items.size}</t:TotalCount><t:ChildFolderCount>${children}</t:ChildFolderCount>` +
    `${element === 'Folder' ? `<t:UnreadCount>${unread}</t:UnreadCount>` : ''}</t:${element}>`
  );
}

/** `epoch`: states of earlier ones are lost. `hidden`: items that are left out of what changed since a state. */
export function syncFolderItems(
  request: RequestElement,
  reach: Reach,
  epoch: number,
  hidden: ReadonlySet<string>,
): Message[] {
  const message = attempt('SyncFolderItems', () => {
    const { mailbox, folder } = reach.folder(at(request, 'SyncFolderId')?.children[0]);
    const written = at(request, 'SyncState')?.text;
    const first = { folder: folder.id, epoch, from: 0 };
    const state = written ? readState(written, folder, epoch) : first;
    if (!state) throw new Denied('ErrorInvalidSyncStateData');
    const most = Number(at(request, 'MaxChangesReturned')?.text);
    const { changes, next, isLast } = changesSince(mailbox, folder, state, most);
    const shape = at(request, 'ItemShape');
    const told = changes.filter(({ itemId }) => state.from === 0 || !hidden.has(itemId));
    return success(
      'SyncFolderItems',
      `<m:SyncState>${writeState(next)}</m:SyncState><m:IncludesLastItemInRange>${isLast}</m:IncludesLastItemInRange>` +
        `<m:Changes>${told.map((change) => changeXml(change, shape, folder.id)).join('')}</m:Changes>`,
    );
  });
  return [message];
}

function changeXml(
  { kind, itemId: id, item }: ItemChange,
  shape: RequestElement | undefined,
  parent: string,
): string {
  if (kind === 'Delete' || !item) return `<t:Delete><t:ItemId Id="${id}" ChangeKey="AQAAAA=="/></t:Delete>`;
  if (kind === 'ReadFlagChange')
    return `<t:ReadFlagChange>${itemId(item)}<t:IsRead>${item.isRead}</t:IsRead></t:ReadFlagChange>`;
  return `<t:${kind}><t:${item.type}>${itemId(item)}${properties(item, shape, parent)}</t:${item.type}></t:${kind}>`;
}
