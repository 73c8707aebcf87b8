import { find, textOf, type XmlElement } from '../../network/xml-element.ts';

/** Exchange understood what was asked, and does not do it. Thrown by nobody but the client, and explained before it leaves the source. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** ResponseCode, such as `ErrorItemNotFound`. */
  readonly code: string;
  /** Milliseconds that Exchange wants to be left alone; 0 where it says nothing. */
  readonly backOff: number;

  constructor(code: string, said: string, backOff = 0) {
    super(said === '' ? code : `${code}: ${said}`);
    this.code = code;
    this.backOff = backOff;
  }
}

/** Longer than this nobody is told to wait. */
const longestBackOff = 60 * 60_000;

/** What a ResponseMessage refuses; null when it does not. A warning is one too: what it is about was not done. */
export function refusalOf(message: XmlElement): Refusal | null {
  if (message.attributes.ResponseClass === 'Success') return null;
  const code = textOf(message, 'ResponseCode');
  return code === 'NoError' ? null : createRefusal(code, textOf(message, 'MessageText'), message);
}

/** A SOAP fault (SOAP 1.1, section 4.4), with Exchange's code in its detail. */
export function faultOf(fault: XmlElement): Refusal {
  const detail = find(fault, 'detail');
  const faultcode = textOf(fault, 'faultcode').replace(/^.*:/, '');
  return createRefusal(
    textOf(detail, 'ResponseCode') || faultcode,
    textOf(detail, 'Message') || textOf(fault, 'faultstring'),
    detail,
  );
}

function createRefusal(code: string, said: string, holder: XmlElement | undefined): Refusal {
  const values = find(holder, 'MessageXml')?.children ?? [];
  const value = (name: string) =>
    values.find(({ attributes }) => attributes.Name === name)?.text.trim() ?? '';
  const wait = Number(value('BackOffMilliseconds'));
  // A busy back end may hide in another error (EWS throttling in Exchange, table 4)
  const busy = value('InnerErrorResponseCode') === 'ErrorServerBusy';
  return new Refusal(
    busy ? 'ErrorServerBusy' : code,
    said,
    Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longestBackOff) : 0,
  );
}

/** The item is not there, or not any more. */
export function isGone({ code }: Refusal): boolean {
  return code === 'ErrorItemNotFound';
}

/** The id is none of this mailbox's. */
export function isNoId({ code }: Refusal): boolean {
  return /^ErrorInvalidId(Malformed\w*|Empty|\w+TooLong)?$/.test(code);
}

const throttling = new Set([
  'ErrorServerBusy',
  'ErrorExceededConnectionCount',
  'ErrorExceededSubscriptionCount',
  'ErrorExceededFindCountLimit',
  'ErrorTooManyObjectsOpened',
]);
const passing = new Set([
  'ErrorADOperation',
  'ErrorADUnavailable',
  'ErrorBatchProcessingStopped',
  'ErrorConnectionFailed',
  'ErrorConnectionFailedTransientError',
  'ErrorImpersonationFailed',
  'ErrorInsufficientResources',
  'ErrorInternalServerError',
  'ErrorInternalServerTransientError',
  'ErrorMailboxFailover',
  'ErrorMailboxMoveInProgress',
  'ErrorMailboxStoreUnavailable',
  'ErrorNotEnoughMemory',
  'ErrorNoRespondingCASInDestinationSite',
  'ErrorTimeoutExpired',
]);
const denying = new Set([
  'ErrorAccessDenied',
  'ErrorImpersonateUserDenied',
  'ErrorImpersonationDenied',
  'ErrorInvalidExchangeImpersonationHeaderData',
]);
const mailboxless = new Set([
  'ErrorAccountDisabled',
  'ErrorInvalidLicense',
  'ErrorInvalidUserPrincipalName',
  'ErrorMailboxConfiguration',
  'ErrorMissingEmailAddress',
  'ErrorNonExistentMailbox',
]);
const folderless = new Set(['ErrorFolderNotFound', 'ErrorSyncFolderNotFound', 'ErrorToFolderNotFound']);

/** What a ResponseCode is about (ResponseCode, in the EWS reference). `request` is everything about no more than what was asked. */
export type Category = 'throttling' | 'passing' | 'access' | 'mailbox' | 'folder' | 'request';

export function categoryOf({ code }: Refusal): Category {
  if (throttling.has(code)) return 'throttling';
  if (passing.has(code)) return 'passing';
  if (denying.has(code)) return 'access';
  if (mailboxless.has(code)) return 'mailbox';
  return folderless.has(code) ? 'folder' : 'request';
}
