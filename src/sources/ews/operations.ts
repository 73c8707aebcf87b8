import { escapeText } from '../../network/xml.ts';

/**
 * What is asked of Exchange, as the element that goes into the SOAP body. The mailbox is named in it where the caller
 * is a person (`DistinguishedFolderId/Mailbox`), and is null where the application acts as the mailbox itself
 * (`ExchangeImpersonation`, in the header). The order of elements is that of the schema, and Exchange insists on it.
 */
export type Operation = (mailbox: string | null) => string;

/** A folder by Exchange's own name for it (DistinguishedFolderId), or by its id. */
export type FolderId = { distinguished: string } | { id: string };

/** More changes are not given at once (SyncFolderItems operation). */
const mostChanges = 512;

const namespaces =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
  'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" ' +
  'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"';

/**
 * The request as a whole. Exchange 2013 SP1 is the oldest that knows OAuth 2.0 and `SuppressReadReceipts`.
 * `impersonated` is the mailbox that the application acts as.
 */
export function envelope(body: string, impersonated: string | null): string {
  const impersonation =
    impersonated === null
      ? ''
      : `<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>${escapeText(impersonated)}</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>`;
  return (
    `<?xml version="1.0" encoding="utf-8"?><soap:Envelope ${namespaces}>` +
    `<soap:Header><t:RequestServerVersion Version="Exchange2013_SP1"/>${impersonation}</soap:Header>` +
    `<soap:Body>${body}</soap:Body></soap:Envelope>`
  );
}

/** What changed in a folder since a sync state; null is from the beginning. */
export function syncFolderItems(folder: FolderId, state: string | null): Operation {
  return (mailbox) =>
    `<m:SyncFolderItems>${itemShape('item:DateTimeReceived', 'item:DateTimeCreated', 'item:Size')}` +
    `<m:SyncFolderId>${folderId(folder, mailbox)}</m:SyncFolderId>` +
    `${state === null ? '' : `<m:SyncState>${escapeText(state)}</m:SyncState>`}` +
    `<m:MaxChangesReturned>${mostChanges}</m:MaxChangesReturned><m:SyncScope>NormalItems</m:SyncScope></m:SyncFolderItems>`;
}

/** Messages as MIME, in the order of their ids. */
export function getMime(ids: readonly string[]): Operation {
  const shape =
    '<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent></m:ItemShape>';
  return () => `<m:GetItem>${shape}${itemIds(ids)}</m:GetItem>`;
}

/** Single properties of items, by their field URIs, in the order of the ids. */
export function getProperties(ids: readonly string[], ...fields: string[]): Operation {
  return () => `<m:GetItem>${itemShape(...fields)}${itemIds(ids)}</m:GetItem>`;
}

export function getFolders(folders: readonly FolderId[]): Operation {
  return (mailbox) =>
    `<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>` +
    `<m:FolderIds>${folders.map((folder) => folderId(folder, mailbox)).join('')}</m:FolderIds></m:GetFolder>`;
}

/** Every folder below the root that holds what people see. `offset` is for the pages after the first. */
export function findFolders(offset: number): Operation {
  const fields = ['folder:DisplayName', 'folder:ParentFolderId', 'folder:FolderClass'];
  return (mailbox) =>
    `<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>${properties(fields)}</m:FolderShape>` +
    `<m:IndexedPageFolderView MaxEntriesReturned="1000" Offset="${offset}" BasePoint="Beginning"/>` +
    `<m:ParentFolderIds>${folderId({ distinguished: 'msgfolderroot' }, mailbox)}</m:ParentFolderIds></m:FindFolder>`;
}

/** Streaming notifications of whatever brings a message into the folder. */
export function subscribe(folder: FolderId): Operation {
  const events = ['NewMailEvent', 'CreatedEvent', 'MovedEvent', 'CopiedEvent'];
  return (mailbox) =>
    `<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds>${folderId(folder, mailbox)}</t:FolderIds>` +
    `<t:EventTypes>${events.map((name) => `<t:EventType>${name}</t:EventType>`).join('')}</t:EventTypes>` +
    `</m:StreamingSubscriptionRequest></m:Subscribe>`;
}

/** `minutes`: 1 to 30; then the server ends its answer. */
export function getStreamingEvents(subscription: string, minutes: number): Operation {
  return () =>
    `<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>${escapeText(subscription)}</t:SubscriptionId></m:SubscriptionIds>` +
    `<m:ConnectionTimeout>${minutes}</m:ConnectionTimeout></m:GetStreamingEvents>`;
}

export function unsubscribe(subscription: string): Operation {
  return () =>
    `<m:Unsubscribe><m:SubscriptionId>${escapeText(subscription)}</m:SubscriptionId></m:Unsubscribe>`;
}

/** What an item is called in answers, and what names its present version. */
export interface ItemVersion {
  id: string;
  changeKey: string;
  /** `Message`, `MeetingRequest` … */
  type: string;
}

/** Nobody has read it, so nobody is told so: no read receipts. */
export function markRead(items: readonly ItemVersion[]): Operation {
  const changes = items.map(
    ({ id, changeKey, type }) =>
      `<t:ItemChange><t:ItemId Id="${escapeText(id)}" ChangeKey="${escapeText(changeKey)}"/>` +
      `<t:Updates><t:SetItemField><t:FieldURI FieldURI="message:IsRead"/><t:${type}><t:IsRead>true</t:IsRead></t:${type}></t:SetItemField></t:Updates>` +
      `</t:ItemChange>`,
  );
  return () =>
    `<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SuppressReadReceipts="true">` +
    `<m:ItemChanges>${changes.join('')}</m:ItemChanges></m:UpdateItem>`;
}

export function moveItems(ids: readonly string[], target: FolderId): Operation {
  return (mailbox) =>
    `<m:MoveItem><m:ToFolderId>${folderId(target, mailbox)}</m:ToFolderId>${itemIds(ids)}` +
    `<m:ReturnNewItemIds>false</m:ReturnNewItemIds></m:MoveItem>`;
}

/** As deleting does everywhere else: gone from the mailbox, for a while still among the recoverable items. */
export function deleteItems(ids: readonly string[]): Operation {
  return () =>
    `<m:DeleteItem DeleteType="SoftDelete" SuppressReadReceipts="true">${itemIds(ids)}</m:DeleteItem>`;
}

function itemShape(...fields: string[]): string {
  return `<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>${properties(fields)}</m:ItemShape>`;
}

function properties(fields: readonly string[]): string {
  const named = fields.map((field) => `<t:FieldURI FieldURI="${field}"/>`);
  return `<t:AdditionalProperties>${named.join('')}</t:AdditionalProperties>`;
}

function itemIds(ids: readonly string[]): string {
  return `<m:ItemIds>${ids.map((id) => `<t:ItemId Id="${escapeText(id)}"/>`).join('')}</m:ItemIds>`;
}

function folderId(folder: FolderId, mailbox: string | null): string {
  if ('id' in folder) return `<t:FolderId Id="${escapeText(folder.id)}"/>`;
  if (mailbox === null) return `<t:DistinguishedFolderId Id="${folder.distinguished}"/>`;
  return (
    `<t:DistinguishedFolderId Id="${folder.distinguished}"><t:Mailbox><t:EmailAddress>${escapeText(mailbox)}` +
    `</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`
  );
}
