import { Denied, type Reach } from './access.ts';
import { failure, success } from './answers.ts';
import { type Item, type Mailbox, readMime } from './mailbox.ts';
import { at, escapeText, isTrue, type RequestElement } from './request.ts';

/** A response message, in pieces where it is long. */
export type Message = string | (() => AsyncGenerator<string>);

export function getItem(request: RequestElement, reach: Reach): Message[] {
  const shape = at(request, 'ItemShape');
  // Both ways of asking are good: the EWS Managed API takes the second
  const withMime =
    isTrue(at(shape, 'IncludeMimeContent')?.text) || askedFor(shape).includes('item:MimeContent');
  return forEachItem('GetItem', request, reach, (mailbox, item) => {
    if (withMime && item.refusal && item.refusal.times > 0) {
      item.refusal.times--;
      throw new Denied(item.refusal.code);
    }
    const parent = mailbox.find(item.id)?.folder.id ?? '';
    const [open, close] = [`<m:Items><t:${item.type}>`, `</t:${item.type}></m:Items>`];
    const rest = `${itemId(item)}${properties(item, shape, parent)}${close}`;
    return withMime ? () => mimeMessage(item, open, rest) : success('GetItem', open + rest);
  });
}

/** The newest first; what a restriction says is not looked at, and there are no views of parts of an item. */
export function findItem(request: RequestElement, reach: Reach): Message[] {
  const view = at(request, 'IndexedPageItemView')?.attributes ?? {};
  const offset = Number(view.Offset ?? 0);
  return (at(request, 'ParentFolderIds')?.children ?? []).map((reference) =>
    attempt('FindItem', () => {
      const { folder } = reach.folder(reference);
      const all = [...folder.items.values()].sort((a, b) => Number(b.receivedAt) - Number(a.receivedAt));
      const page = all.slice(offset, offset + Math.min(Number(view.MaxEntriesReturned ?? 1000), 1000));
      const end = offset + page.length;
      const rows = page.map(
        (item) =>
          `<t:${item.type}>${itemId(item)}${properties(item, at(request, 'ItemShape'), folder.id)}</t:${item.type}>`,
      );
      return success(
        'FindItem',
        `<m:RootFolder IndexedPagingOffset="${end}" TotalItemsInView="${all.length}" ` +
          `IncludesLastItemInRange="${end >= all.length}"><t:Items>${rows.join('')}</t:Items></m:RootFolder>`,
      );
    }),
  );
}

/** MIME comes first in an item, as the schema has it. */
async function* mimeMessage(item: Item, open: string, rest: string): AsyncGenerator<string> {
  const [before, after] = success('GetItem', '|').split('|') as [string, string];
  yield `${before}${open}<t:MimeContent CharacterSet="UTF-8">`;
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of readMime(item.mime)) {
    const bytes = Buffer.concat([left, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    yield bytes.toString('base64', 0, whole);
    left = bytes.subarray(whole);
  }
  yield `${left.toString('base64')}</t:MimeContent>${rest}${after}`;
}

const seconds = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** The additional properties that a shape asks for; the Default shape has some by itself. */
export function properties(item: Item, shape: RequestElement | undefined, parentId: string): string {
  const asked = askedFor(shape);
  const isDefault = at(shape, 'BaseShape')?.text !== 'IdOnly';
  const values: [field: string, xml: string][] = [
    ['item:ParentFolderId', `<t:ParentFolderId Id="${parentId}" ChangeKey="AQAAAA=="/>`],
    ['item:Subject', `<t:Subject>${escapeText(subjectOf(item))}</t:Subject>`],
    ['item:DateTimeReceived', `<t:DateTimeReceived>${seconds(item.receivedAt)}</t:DateTimeReceived>`],
    ['item:Size', `<t:Size>${item.size}</t:Size>`],
    ['item:DateTimeCreated', `<t:DateTimeCreated>${seconds(item.receivedAt)}</t:DateTimeCreated>`],
    ['message:IsRead', `<t:IsRead>${item.isRead}</t:IsRead>`],
  ];
  const given = values.filter(
    ([field]) => asked.includes(field) || (isDefault && field !== 'item:ParentFolderId'),
  );
  return given.map(([, xml]) => xml).join('');
}

function askedFor(shape: RequestElement | undefined): string[] {
  const properties = at(shape, 'AdditionalProperties')?.children ?? [];
  return properties.map(({ attributes }) => attributes.FieldURI ?? '');
}

function subjectOf({ mime }: Item): string {
  const head = Buffer.isBuffer(mime) ? mime.toString('latin1', 0, 4000) : '';
  return /^Subject: *(.*)$/im.exec(head)?.[1]?.trim() ?? '';
}

export function itemId({ id, changeKey }: Item): string {
  return `<t:ItemId Id="${id}" ChangeKey="${changeKey}"/>`;
}

export function updateItem(request: RequestElement, reach: Reach): Message[] {
  return (at(request, 'ItemChanges')?.children ?? []).map((change) => {
    const { Id = '', ChangeKey = '' } = at(change, 'ItemId')?.attributes ?? {};
    return attempt('UpdateItem', () => {
      const mailbox = reach.mailboxOfItem(Id);
      const { item } = mailbox.find(Id) ?? {};
      if (!item || ChangeKey === '') throw new Denied('ErrorChangeKeyRequiredForWriteOperations');
      if (item.changeKey !== ChangeKey && request.attributes.ConflictResolution !== 'AlwaysOverwrite')
        throw new Denied('ErrorIrresolvableConflict');
      for (const update of at(change, 'Updates')?.children ?? []) {
        const field = at(update, 'FieldURI')?.attributes.FieldURI;
        const isRead = at(update, item.type, 'IsRead')?.text;
        if (update.name !== 'types:SetItemField' || field !== 'message:IsRead' || isRead === undefined)
          throw new Denied('ErrorInvalidPropertySet');
        mailbox.setRead(Id, isTrue(isRead));
        if (!isTrue(request.attributes.SuppressReadReceipts)) mailbox.sendReceipt();
      }
      const content = `<m:Items><t:${item.type}>${itemId(item)}</t:${item.type}></m:Items>`;
      return success('UpdateItem', `${content}<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>`);
    });
  });
}

export function moveItem(request: RequestElement, reach: Reach): Message[] {
  const target = at(request, 'ToFolderId')?.children[0];
  const tellId = isTrue(at(request, 'ReturnNewItemIds')?.text ?? 'true');
  return forEachItem('MoveItem', request, reach, (mailbox, item) => {
    const { folder } = targetFolder(reach, target);
    const moved = mailbox.move(item.id, folder);
    if (!moved) throw new Denied('ErrorItemNotFound');
    const content = `<m:Items><t:${moved.type}>${itemId(moved)}</t:${moved.type}></m:Items>`;
    return success('MoveItem', tellId ? content : '<m:Items/>');
  });
}

function targetFolder(reach: Reach, reference: RequestElement | undefined) {
  try {
    return reach.folder(reference);
  } catch (error) {
    throw error instanceof Denied && error.code === 'ErrorFolderNotFound'
      ? new Denied('ErrorToFolderNotFound')
      : error;
  }
}

/** Hard and soft deletion are one here: the lab keeps no recoverable items. */
export function deleteItem(request: RequestElement, reach: Reach): Message[] {
  const isMove = request.attributes.DeleteType === 'MoveToDeletedItems';
  return forEachItem('DeleteItem', request, reach, (mailbox, item) => {
    if (item.isProtected) throw new Denied('ErrorCannotDeleteObject');
    if (!isTrue(request.attributes.SuppressReadReceipts)) mailbox.sendReceipt();
    const bin = mailbox.folderAt('deleteditems');
    if (isMove && bin) mailbox.move(item.id, bin);
    else mailbox.remove(item.id);
    return success('DeleteItem');
  });
}

function forEachItem(
  operation: string,
  request: RequestElement,
  reach: Reach,
  work: (mailbox: Mailbox, item: Item) => Message,
): Message[] {
  return (at(request, 'ItemIds')?.children ?? []).map(({ attributes: { Id = '' } }) =>
    attempt(operation, () => {
      const mailbox = reach.mailboxOfItem(Id);
      const found = mailbox.find(Id);
      if (!found) throw new Denied('ErrorItemNotFound');
      return work(mailbox, found.item);
    }),
  );
}

/** A refusal of one thing is an answer of its own beside those about the others. */
export function attempt(operation: string, work: () => Message): Message {
  try {
    return work();
  } catch (error) {
    if (error instanceof Denied) return failure(operation, error.code);
    throw error;
  }
}
