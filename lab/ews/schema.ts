import { local, type RequestElement } from './request.ts';

/**
 * The order of elements that the schema wants, by the EWS reference's pages of each element. Exchange checks every
 * request against it and answers ErrorSchemaValidation; so a client that errs must learn it here.
 */
const sequences: Record<string, string[]> = {
  SyncFolderItems: ['ItemShape', 'SyncFolderId', 'SyncState', 'Ignore', 'MaxChangesReturned', 'SyncScope'],
  SyncFolderHierarchy: ['FolderShape', 'SyncFolderId', 'SyncState'],
  GetItem: ['ItemShape', 'ItemIds'],
  GetFolder: ['FolderShape', 'FolderIds'],
  FindFolder: [
    'FolderShape',
    'IndexedPageFolderView',
    'FractionalPageFolderView',
    'Restriction',
    'ParentFolderIds',
  ],
  Subscribe: ['PullSubscriptionRequest', 'PushSubscriptionRequest', 'StreamingSubscriptionRequest'],
  StreamingSubscriptionRequest: ['FolderIds', 'EventTypes'],
  GetStreamingEvents: ['SubscriptionIds', 'ConnectionTimeout'],
  Unsubscribe: ['SubscriptionId'],
  UpdateItem: ['SavedItemFolderId', 'ItemChanges'],
  ItemChange: ['ItemId', 'OccurrenceItemId', 'RecurringMasterItemId', 'Updates'],
  MoveItem: ['ToFolderId', 'ItemIds', 'ReturnNewItemIds'],
  DeleteItem: ['ItemIds'],
  ItemShape: [
    'BaseShape',
    'IncludeMimeContent',
    'BodyType',
    'FilterHtmlContent',
    'ConvertHtmlCodePageToUTF8',
    'AdditionalProperties',
  ],
  FolderShape: ['BaseShape', 'AdditionalProperties'],
};

/** Elements of the messages namespace; all others below an operation are of the types namespace. */
const ofMessages = new Set([
  ...['ItemShape', 'SyncFolderId', 'SyncState', 'Ignore', 'MaxChangesReturned', 'SyncScope', 'FolderShape'],
  ...['ItemIds', 'FolderIds', 'IndexedPageFolderView', 'FractionalPageFolderView', 'Restriction'],
  ...['ParentFolderIds', 'StreamingSubscriptionRequest', 'SubscriptionIds', 'ConnectionTimeout'],
  ...['SubscriptionId', 'SavedItemFolderId', 'ItemChanges', 'ToFolderId', 'ReturnNewItemIds'],
]);
/** Of both: within a subscription request, and within the list of ids, they are of the types namespace. */
const ofTypesWithin: Record<string, string[]> = {
  StreamingSubscriptionRequest: ['FolderIds'],
  SubscriptionIds: ['SubscriptionId'],
};

/** What is wrong with an operation's element, in words; null when nothing is. */
export function violation(element: RequestElement): string | null {
  const name = local(element);
  const order = sequences[name];
  let reached = 0;
  for (const child of element.children) {
    const childName = local(child);
    const isOfTypes = !ofMessages.has(childName) || ofTypesWithin[name]?.includes(childName);
    if (child.name !== `${isOfTypes ? 'types' : 'messages'}:${childName}`)
      return `The element '${childName}' in '${name}' is of another namespace.`;
    if (order) {
      const position = order.indexOf(childName, reached);
      if (position === -1) return `The element '${name}' has invalid child element '${childName}'.`;
      reached = position;
    }
    const found = violation(child);
    if (found) return found;
  }
  return null;
}
