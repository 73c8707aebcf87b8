import { randomUUID } from 'node:crypto';

/** Texts of Entra's error codes, as in its reference of error codes (identity-platform/reference-error-codes). */
const texts: Record<number, string> = {
  50011:
    'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
  50173:
    'The provided grant has expired due to it being revoked. The user might have changed or reset their password.',
  54005:
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  65001: 'The user or administrator has not consented to use the application.',
  65004: 'User declined to consent to access the app.',
  70008:
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request.',
  70011: "The provided value for the input parameter 'scope' is not valid.",
  90002:
    'Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.',
  90033: 'A transient error has occurred. Please try again.',
  501481: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  700016:
    'Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant.',
  700082: 'The refresh token has expired due to inactivity.',
  900144: "The request body must contain the following parameter: 'scope'.",
  7000215:
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
  7000218: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  7000222: 'The provided client secret keys are expired. Create new keys for your app in the Azure portal.',
};

/** An error answer of Entra's token endpoint: RFC 6749 5.2 with Entra's own members. */
export function entraError(error: string, code: number) {
  const now = new Date();
  const stamp = now
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  const [trace, correlation] = [randomUUID(), randomUUID()];
  return {
    error,
    error_description: `${entraText(code)} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${stamp}`,
    error_codes: [code],
    timestamp: stamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  };
}

export function entraText(code: number): string {
  return `AADSTS${code}: ${texts[code] ?? 'Error.'}`;
}

/** Which of Entra's codes a refusal of the standard provider is, by its detail and what was asked. */
export function entraCode(
  error: string,
  detail: string,
  asked: { grant: string; clientKnown: boolean; secretGiven: boolean; revoked: boolean },
): number {
  if (error === 'invalid_client') {
    if (!asked.clientKnown) return 700016;
    return asked.secretGiven ? 7000215 : 7000218;
  }
  if (error === 'invalid_scope' || error === 'invalid_target') return 70011;
  if (error === 'invalid_grant') {
    if (/PKCE|code_verifier|verification/i.test(detail)) return 501481;
    if (/consumed|already/i.test(detail)) return 54005;
    if (asked.grant === 'refresh_token') return asked.revoked ? 50173 : 700082;
    return 70008;
  }
  return 900144;
}
