import { randomUUID } from 'node:crypto';

/** Entra's codes with their `error` and text, as in its reference (identity-platform/reference-error-codes). */
const known: Record<number, [error: string, text: string]> = {
  16000: [
    'interaction_required',
    'User account does not exist in the tenant and cannot access the application.',
  ],
  28000: [
    'invalid_scope',
    'Provided value for the input parameter scope is not valid because it contains more than one resource.',
  ],
  28003: [
    'invalid_scope',
    'Provided value for the input parameter scope cannot be empty when requesting an access token using the provided authorization code.',
  ],
  50011: [
    'invalid_request',
    'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
  ],
  50020: [
    'invalid_grant',
    "User account from identity provider 'live.com' does not exist in tenant and cannot access the application in that tenant.",
  ],
  50027: ['invalid_client', 'JWT token is invalid or malformed.'],
  50034: [
    'invalid_grant',
    'The user account does not exist in the directory. To sign into this application, the account must be added to the directory.',
  ],
  50053: [
    'invalid_grant',
    'The account is locked, as somebody tried to sign in too many times with an incorrect user ID or password.',
  ],
  50055: ['invalid_grant', 'The password is expired.'],
  50057: ['invalid_grant', 'The user account is disabled.'],
  50058: ['login_required', 'A silent sign-in request was sent but no user is signed in.'],
  50076: [
    'interaction_required',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.',
  ],
  50079: [
    'interaction_required',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access the resource.',
  ],
  50105: [
    'interaction_required',
    'The signed in user is not assigned to a role for the application. Your administrator has configured the application to block users unless they are specifically granted access.',
  ],
  50173: [
    'invalid_grant',
    'The provided grant has expired due to it being revoked. The user might have changed or reset their password.',
  ],
  50194: [
    'invalid_request',
    'Application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications.',
  ],
  53000: [
    'interaction_required',
    'Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and the device is not compliant.',
  ],
  53003: [
    'interaction_required',
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  ],
  54005: [
    'invalid_grant',
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  ],
  65001: ['invalid_grant', 'The user or administrator has not consented to use the application.'],
  65004: ['access_denied', 'User declined to consent to access the app.'],
  70003: ['unsupported_grant_type', 'The app requested an unsupported grant type.'],
  70008: [
    'invalid_grant',
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request.',
  ],
  70043: [
    'invalid_grant',
    'The refresh token has expired or is invalid due to sign-in frequency checks by Conditional Access.',
  ],
  70011: ['invalid_scope', "The provided value for the input parameter 'scope' is not valid."],
  70016: [
    'authorization_pending',
    'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  ],
  70018: ['bad_verification_code', 'Invalid verification code.'],
  70019: ['expired_token', 'Verification code expired.'],
  90002: [
    'invalid_request',
    'Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.',
  ],
  90033: ['temporarily_unavailable', 'A transient error has occurred. Please try again.'],
  90094: ['access_denied', 'The grant requires admin permission.'],
  500011: ['invalid_resource', 'The resource principal named {parameter} was not found in the tenant.'],
  500014: [
    'invalid_resource',
    'The service principal for the resource is disabled. This indicates that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application.',
  ],
  500112: [
    'invalid_client',
    'The reply address does not match the reply address provided when requesting Authorization code.',
  ],
  500113: ['invalid_request', 'No reply address is registered for the application.'],
  501051: [
    'invalid_grant',
    'The application is not assigned to a role for the application. Assignment is required.',
  ],
  501481: [
    'invalid_grant',
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  ],
  650052: [
    'invalid_client',
    'The app is trying to access a service that your organization lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions.',
  ],
  650053: [
    'invalid_client',
    'The application asked for a scope that does not exist on the resource. Contact the app vendor.',
  ],
  700016: [
    'unauthorized_client',
    'Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant.',
  ],
  700021: ['invalid_client', "Client assertion application identifier doesn't match 'client_id' parameter."],
  700023: ['invalid_client', 'Client assertion audience claim does not match Realm issuer.'],
  700024: ['invalid_client', 'Client assertion is not within its valid time range.'],
  700025: [
    'invalid_client',
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  ],
  700027: ['invalid_client', 'Client assertion failed signature validation. [Reason - {parameter}]'],
  700082: ['invalid_grant', 'The refresh token has expired due to inactivity.'],
  700084: [
    'invalid_grant',
    'The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent.',
  ],
  700211: ['invalid_client', 'No matching federated identity record found for presented assertion issuer.'],
  700212: ['invalid_client', 'No matching federated identity record found for presented assertion audience.'],
  700213: ['invalid_client', 'No matching federated identity record found for presented assertion subject.'],
  900144: ['invalid_request', "The request body must contain the following parameter: '{parameter}'."],
  1002012: [
    'invalid_scope',
    'The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
  ],
  7000112: ['unauthorized_client', 'The application is disabled.'],
  7000215: [
    'invalid_client',
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
  ],
  7000218: [
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ],
  7000222: [
    'invalid_client',
    'The provided client secret keys are expired. Create new keys for your app in the Azure portal.',
  ],
  7000229: ['unauthorized_client', 'The client application is missing service principal in the tenant.'],
  9001023: [
    'invalid_request',
    'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
  ],
  9002327: [
    'invalid_request',
    "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
  ],
  9002332: [
    'unauthorized_client',
    'Application is configured for use by Microsoft Entra users only. Please do not use the /consumers endpoint to serve this request.',
  ],
};

/** What went wrong with a request, as Entra's code. */
export interface Refused {
  code: number;
  /** What its text names: the parameter that is missing (900144), the reason (700027), the resource (500011). */
  parameter?: string;
}

/** An error answer of Entra's endpoints: RFC 6749 5.2 with Entra's own members. */
export function entraError({ code, parameter }: Refused) {
  const [error] = lookUp(code);
  const now = new Date();
  const stamp = now
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  const [trace, correlation] = [randomUUID(), randomUUID()];
  return {
    error,
    error_description: `${entraText(code, parameter)} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${stamp}`,
    error_codes: [code],
    timestamp: stamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    ...(code === 65001 && { suberror: 'consent_required' }),
  };
}

/** RFC 6749 5.2: 401 for a client that did not show who it is, else 400; 503 for what passes. */
export function entraStatus(code: number): number {
  const [error] = lookUp(code);
  if (error === 'temporarily_unavailable') return 503;
  return error === 'invalid_client' ? 401 : 400;
}

export function entraText(code: number, parameter = 'scope'): string {
  return `AADSTS${code}: ${lookUp(code)[1].replace('{parameter}', parameter)}`;
}

function lookUp(code: number): [error: string, text: string] {
  return known[code] ?? ['invalid_request', 'Error.'];
}
