import { namespaces, type RequestElement } from './request.ts';

/** An element as the schema has it; what it says nothing about is not looked at. */
interface Declaration {
  /** Its children in their order: each a name, as many as a regular expression says (`?`, `+`, `|` in parentheses). */
  children?: string;
  /** Attributes that must be there, and what they may be. */
  attributes?: Record<string, RegExp>;
  text?: RegExp;
}

const folderId = '(t:FolderId|t:DistinguishedFolderId|t:AddressListId)';
const itemId = '(t:ItemId|t:OccurrenceItemId|t:RecurringMasterItemId)';
const path = '(t:FieldURI|t:IndexedFieldURI|t:ExtendedFieldURI)';
const boolean = { text: /^(true|false|0|1)$/ };
const anId = { attributes: { Id: /^/ } };

/** Names of the folders that a mailbox may have (DistinguishedFolderIdNameType). */
const distinguished = new RegExp(
  `^(${[
    'calendar|contacts|deleteditems|drafts|inbox|journal|notes|outbox|sentitems|tasks|msgfolderroot|root|junkemail',
    'publicfoldersroot|searchfolders|voicemail|syncissues|conflicts|localfailures|serverfailures|recipientcache',
    'quickcontacts|conversationhistory|adminauditlogs|todosearch|mycontacts|directory|imcontactlist|peopleconnect',
    'favorites|mecontact|personmetadata|teamspaceactivity|teamspacemessaging|teamspaceworkitems|scheduled',
    'orionnotes|tagitems|alltaggeditems|externalcontacts|teamchat|yammerroot|yammerinbound|yammeroutbound|yammerfeeds',
    'onedriveroot|onedriverecylebin|onedrivesystem|onedrivevolume',
    'archive(root|msgfolderroot|deleteditems|inbox)',
    '(archive)?recoverableitems(root|deletions|versions|purges|discoveryholds)',
  ].join('|')})$`,
);

/**
 * What the lab covers of Microsoft's schema (messages.xsd, types.xsd; the EWS reference has a page for each element).
 * Exchange checks every request against it and answers ErrorSchemaValidation; so a client that errs must learn it here.
 */
const declarations: Record<string, Declaration> = {
  's:Body': {
    children:
      '(m:SyncFolderItems|m:SyncFolderHierarchy|m:GetItem|m:GetFolder|m:FindFolder|m:FindItem|m:UpdateItem|m:MoveItem|' +
      'm:DeleteItem|m:Subscribe|m:GetStreamingEvents|m:Unsubscribe)',
  },
  'm:SyncFolderItems': {
    children: 'm:ItemShape m:SyncFolderId m:SyncState? m:Ignore? m:MaxChangesReturned m:SyncScope?',
  },
  'm:SyncFolderHierarchy': { children: 'm:FolderShape m:SyncFolderId? m:SyncState?' },
  'm:GetItem': { children: 'm:ItemShape m:ItemIds' },
  'm:GetFolder': { children: 'm:FolderShape m:FolderIds' },
  'm:FindFolder': {
    children:
      'm:FolderShape (m:IndexedPageFolderView|m:FractionalPageFolderView)? m:Restriction? m:ParentFolderIds',
    attributes: { Traversal: /^(Shallow|Deep|SoftDeleted)$/ },
  },
  'm:FindItem': {
    children:
      'm:ItemShape (m:IndexedPageItemView|m:FractionalPageItemView)? m:Restriction? m:SortOrder? m:ParentFolderIds m:QueryString?',
    attributes: { Traversal: /^(Shallow|SoftDeleted|Associated)$/ },
  },
  'm:UpdateItem': {
    children: 'm:SavedItemFolderId? m:ItemChanges',
    attributes: { ConflictResolution: /^(NeverOverwrite|AutoResolve|AlwaysOverwrite)$/ },
  },
  'm:MoveItem': { children: 'm:ToFolderId m:ItemIds m:ReturnNewItemIds?' },
  'm:DeleteItem': {
    children: 'm:ItemIds',
    attributes: { DeleteType: /^(HardDelete|SoftDelete|MoveToDeletedItems)$/ },
  },
  'm:Subscribe': {
    children: '(m:PullSubscriptionRequest|m:PushSubscriptionRequest|m:StreamingSubscriptionRequest)',
  },
  'm:StreamingSubscriptionRequest': { children: 't:FolderIds? t:EventTypes' },
  'm:GetStreamingEvents': { children: 'm:SubscriptionIds m:ConnectionTimeout' },
  'm:Unsubscribe': { children: 'm:SubscriptionId' },
  'm:ItemShape': {
    children:
      't:BaseShape t:IncludeMimeContent? t:BodyType? t:UniqueBodyType? t:NormalizedBodyType? t:FilterHtmlContent? ' +
      't:ConvertHtmlCodePageToUTF8? t:InlineImageUrlTemplate? t:BlockExternalImages? t:AddBlankTargetToLinks? ' +
      't:MaximumBodySize? t:AdditionalProperties?',
  },
  'm:FolderShape': { children: 't:BaseShape t:AdditionalProperties?' },
  't:BaseShape': { text: /^(IdOnly|Default|AllProperties|PcxPeopleSearch)$/ },
  't:IncludeMimeContent': boolean,
  't:BodyType': { text: /^(Best|HTML|Text)$/ },
  't:AdditionalProperties': { children: `${path}+` },
  't:FieldURI': { attributes: { FieldURI: /^[a-z]+:[A-Za-z0-9]+$/ } },
  'm:SyncFolderId': { children: folderId },
  'm:ToFolderId': { children: folderId },
  'm:SavedItemFolderId': { children: folderId },
  'm:ParentFolderIds': { children: `${folderId}+` },
  'm:FolderIds': { children: `${folderId}+` },
  't:FolderIds': { children: `${folderId}+` },
  't:FolderId': anId,
  't:DistinguishedFolderId': { children: 't:Mailbox?', attributes: { Id: distinguished } },
  'm:ItemIds': { children: `${itemId}+` },
  't:ItemId': anId,
  'm:MaxChangesReturned': { text: /^0*([1-9]\d?|[1-4]\d\d|50\d|51[012])$/ },
  'm:SyncScope': { text: /^(NormalItems|NormalAndAssociatedItems)$/ },
  'm:IndexedPageFolderView': { attributes: { Offset: /^\d+$/, BasePoint: /^(Beginning|End)$/ } },
  'm:IndexedPageItemView': { attributes: { Offset: /^\d+$/, BasePoint: /^(Beginning|End)$/ } },
  'm:ItemChanges': { children: 't:ItemChange+' },
  't:ItemChange': { children: `${itemId} t:Updates` },
  't:Updates': { children: '(t:SetItemField|t:AppendToItemField|t:DeleteItemField)+' },
  't:SetItemField': { children: `${path} t:[A-Za-z]+` },
  'm:ReturnNewItemIds': boolean,
  't:EventTypes': { children: 't:EventType+' },
  't:EventType': { text: /^(Copied|Created|Deleted|Modified|Moved|NewMail|FreeBusyChanged)Event$/ },
  'm:SubscriptionIds': { children: 't:SubscriptionId+' },
  'm:ConnectionTimeout': { text: /^0*([1-9]|[12]\d|30)$/ },
};

/** A name in a list of children, or any of the types namespace. */
const name = /[smt]:(\[A-Za-z\]\+|[A-Za-z0-9]+)/g;

const prefixes: Record<string, string> = { soap: 's', messages: 'm', types: 't' };

/** What is wrong with a request's Body, in words; null when nothing is. */
export function violation(element: RequestElement): string | null {
  const declared = declarations[shortName(element)] ?? {};
  for (const [attribute, pattern] of Object.entries(declared.attributes ?? {})) {
    const value = element.attributes[attribute];
    if (value === undefined) return `The required attribute '${attribute}' is missing.`;
    if (!pattern.test(value))
      return `The '${attribute}' attribute is invalid - The value '${value}' is invalid according to its datatype.`;
  }
  if (declared.text && !declared.text.test(element.text))
    return `The ${named(element)} is invalid - The value '${element.text}' is invalid according to its datatype.`;
  if (declared.children === undefined) return null;
  return misplaced(element, declared.children) ?? element.children.map(violation).find(Boolean) ?? null;
}

function misplaced(element: RequestElement, model: string): string | null {
  const short = element.children.map(shortName);
  const expected = model.match(name) ?? [];
  const whole = model.replace(name, '(?:$&;)').replaceAll(' ', '');
  if (matches(whole, short.map((child) => `${child};`).join(''))) return null;
  const stranger = element.children[short.findIndex((child) => !expected.some((one) => matches(one, child)))];
  return stranger
    ? `The ${named(element)} has invalid child ${named(stranger)}.`
    : `The ${named(element)} has incomplete content, or has it in another order than: ${model}`;
}

function matches(expected: string, found: string): boolean {
  return new RegExp(`^${expected}$`).test(found);
}

function shortName({ name }: RequestElement): string {
  const [space = '', local = ''] = name.split(':');
  return `${prefixes[space] ?? 'x'}:${local}`;
}

function named({ name }: RequestElement): string {
  const [space = '', local = ''] = name.split(':');
  const uri = (namespaces as Record<string, string>)[space] ?? '';
  return `element '${local}' in namespace '${uri}'`;
}
