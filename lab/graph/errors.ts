import type { ServerResponse } from 'node:http';

/** An error answer of Microsoft Graph: status, code and words for developers (Microsoft: Error responses). */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const notFound = () =>
  new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');

export const malformedId = () => new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');

export const accessDenied = () =>
  new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');

/** By an application access policy, in the words that public threads show. */
export const blockedByPolicy = () =>
  new GraphError(
    403,
    'ErrorAccessDenied',
    'Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.',
  );

export const invalidRequest = (message: string) => new GraphError(400, 'invalidRequest', message);

/** A token that Graph does not take; the header is as Graph sends it, whoever asks. */
export function invalidToken(message: string): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, {
    'WWW-Authenticate':
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"',
  });
}

/** The answer names its request already. */
export function sendError(response: ServerResponse, { status, code, message, headers }: GraphError): void {
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': response.getHeader('request-id'),
    'client-request-id': response.getHeader('client-request-id'),
  };
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ error: { code, message, innerError } }));
}
