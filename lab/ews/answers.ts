import { escapeText, namespaces } from './request.ts';

const { soap, messages, types } = namespaces;
const version = 'MajorVersion="15" MinorVersion="20" MajorBuildNumber="7784" MinorBuildNumber="11"';

/** What goes before and after the content of a SOAP body. */
export const envelopeParts: [string, string] = [
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${soap}"><s:Header><h:ServerVersionInfo ${version} ` +
    `xmlns:h="${types}"/></s:Header><s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">`,
  '</s:Body></s:Envelope>',
];

/** What goes before and after the response messages of an operation. */
export function responseParts(operation: string): [string, string] {
  return [
    `<m:${operation}Response xmlns:m="${messages}" xmlns:t="${types}"><m:ResponseMessages>`,
    `</m:ResponseMessages></m:${operation}Response>`,
  ];
}

/** One envelope of a GetStreamingEvents answer: of another make than all others, as Exchange writes it. */
export function streamedEnvelope(message: string): string {
  const [before, after] = responseParts('GetStreamingEvents');
  return (
    `<Envelope xmlns="${soap}"><soap11:Header xmlns:soap11="${soap}"><ServerVersionInfo ${version} xmlns="${types}"/>` +
    `</soap11:Header><soap11:Body xmlns:soap11="${soap}">${before}${message}${after}</soap11:Body></Envelope>`
  );
}

export function success(operation: string, content = ''): string {
  return `<m:${operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>${content}</m:${operation}ResponseMessage>`;
}

/** What Exchange says with its codes, as far as it is known; the code itself where it is not. */
const texts: Record<string, string> = {
  ErrorAccessDenied: 'Access is denied. Check credentials and try again.',
  ErrorFolderNotFound: 'The specified folder could not be found in the store.',
  ErrorImpersonateUserDenied: 'The account does not have permission to impersonate the requested user.',
  ErrorInvalidExchangeImpersonationHeaderData:
    'ExchangeImpersonation SOAP header must be present for this type of OAuth token.',
  ErrorInvalidIdEmpty: 'Id is empty.',
  ErrorInvalidIdMalformed: 'Id is malformed.',
  ErrorInvalidServerVersion: 'The specified server version is invalid.',
  ErrorInvalidSyncStateData: 'Synchronization state data is corrupt or otherwise invalid.',
  ErrorItemNotFound: 'The specified object was not found in the store.',
  ErrorMimeContentConversionFailed: 'MIME content conversion failed.',
  ErrorNonExistentMailbox: 'The SMTP address has no mailbox associated with it.',
  ErrorServerBusy: 'The server cannot service this request right now. Try again later.',
  ErrorSubscriptionDelegateAccessNotSupported: 'Subscriptions are not supported for delegate user access.',
  ErrorSubscriptionNotFound: 'The specified subscription was not found.',
};

export function textOf(code: string): string {
  return texts[code] ?? code;
}

function backOffXml(backOff: number): string {
  return backOff > 0 ? `<t:Value Name="BackOffMilliseconds">${backOff}</t:Value>` : '';
}

/** What the schema wants in a message, or Exchange writes into it, although it is a refusal. */
const emptyHanded: Record<string, string> = {
  GetItem: '<m:Items/>',
  UpdateItem: '<m:Items/>',
  MoveItem: '<m:Items/>',
  GetFolder: '<m:Folders/>',
  SyncFolderItems: '<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>',
  SyncFolderHierarchy: '<m:SyncState/><m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange>',
};

/** A refusal of one thing; `content` is what some messages hold all the same. */
export function failure(
  operation: string,
  code: string,
  { backOff = 0, content = emptyHanded[operation] ?? '' } = {},
): string {
  const more = backOff > 0 ? `<m:MessageXml>${backOffXml(backOff)}</m:MessageXml>` : '';
  return (
    `<m:${operation}ResponseMessage ResponseClass="Error"><m:MessageText>${escapeText(textOf(code))}</m:MessageText>` +
    `<m:ResponseCode>${code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>${more}${content}</m:${operation}ResponseMessage>`
  );
}

/** A refusal of the whole request: a SOAP fault, sent with HTTP 500. */
export function fault(code: string, { backOff = 0, text = textOf(code) } = {}): string {
  const errors = 'http://schemas.microsoft.com/exchange/services/2006/errors';
  const more = backOff > 0 ? `<t:MessageXml xmlns:t="${types}">${backOffXml(backOff)}</t:MessageXml>` : '';
  return (
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${soap}"><s:Body><s:Fault>` +
    `<faultcode xmlns:a="${types}">a:${code}</faultcode><faultstring xml:lang="en-US">${escapeText(text)}</faultstring>` +
    `<detail><e:ResponseCode xmlns:e="${errors}">${code}</e:ResponseCode><e:Message xmlns:e="${errors}">${escapeText(text)}</e:Message>` +
    `${more}</detail></s:Fault></s:Body></s:Envelope>`
  );
}

/** Thrown by operations: the whole request is refused. */
export class Fault extends Error {
  readonly code: string;
  constructor(code: string, text = textOf(code)) {
    super(text);
    this.code = code;
  }
}
