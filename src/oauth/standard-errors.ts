import { Problem, type ProblemFields } from '../model/problem.ts';
import { quote } from '../network/wording.ts';
import { noAnswer } from './invalid-answer.ts';
import { isPassing, type Refusal } from './refusal.ts';

/** RFC 6749 4.1.2.1 and 5.2, RFC 8628 3.5, RFC 8707 2, OpenID Connect Core 3.1.2.6 in plain words. */
const standard: Record<string, Pick<ProblemFields, 'kind' | 'title' | 'remedy'>> = {
  invalid_client: {
    kind: 'credentials',
    title: 'The authority does not accept this client',
    remedy: 'Check the client ID of the profile, and enter the client secret again with Replace secret.',
  },
  unauthorized_client: {
    kind: 'refused',
    title: 'The client may not use this grant type',
    remedy: 'Allow the grant type for the client at the authority, or choose the other one in the profile.',
  },
  unsupported_grant_type: {
    kind: 'refused',
    title: 'The authority does not know this grant type',
    remedy: 'Choose the other grant type in the profile, and check its token URL.',
  },
  unsupported_response_type: {
    kind: 'refused',
    title: 'The authority does not give authorization codes to this client',
    remedy: 'Allow the authorization code grant for the client at the authority.',
  },
  invalid_grant: {
    kind: 'consent',
    title: 'The authorization has run out or was revoked',
    remedy: 'Press Reconnect on the profile.',
  },
  invalid_scope: {
    kind: 'refused',
    title: 'The authority does not know a scope that is asked for',
    remedy: 'Correct the scopes of the profile.',
  },
  invalid_request: {
    kind: 'refused',
    title: 'The authority did not understand the request',
    remedy: 'Check the authorization and token URLs of the profile, or report it.',
  },
  access_denied: {
    kind: 'refused',
    title: 'The consent was declined',
    remedy: 'Press Connect again and accept.',
  },
  authorization_declined: {
    kind: 'refused',
    title: 'The consent was declined',
    remedy: 'Get a new code, enter it and accept.',
  },
  expired_token: {
    kind: 'consent',
    title: 'The code has expired',
    remedy: 'Get a new code and enter it at once.',
  },
  bad_verification_code: {
    kind: 'consent',
    title: 'The authority does not know the code any more',
    remedy: 'Get a new code and enter it at once.',
  },
  invalid_target: {
    kind: 'refused',
    title: 'The authority does not know what the token is for',
    remedy: 'Correct the scopes of the profile.',
  },
  interaction_required: {
    kind: 'consent',
    title: 'The authority wants to see the person',
    remedy: 'Press Reconnect on the profile and complete the sign-in.',
  },
  login_required: {
    kind: 'consent',
    title: 'The person must sign in again',
    remedy: 'Press Reconnect on the profile.',
  },
  consent_required: {
    kind: 'consent',
    title: 'Consent is missing',
    remedy: 'Press Reconnect on the profile and accept.',
  },
  server_error: {
    kind: 'unavailable',
    title: 'The authority has a passing fault',
    remedy: 'Nothing: Letterbox tries again.',
  },
  temporarily_unavailable: {
    kind: 'unavailable',
    title: 'The authority is busy',
    remedy: 'Nothing: Letterbox tries again.',
  },
};

const other = {
  kind: 'refused',
  title: 'The authority refused the request',
  remedy: 'Check the profile, then connect again.',
} as const;

/** Refusals of what was asked for, not of who asks: a token for another resource may be had (RFC 6749 5.2, RFC 8707 2). */
const ofResource = ['invalid_scope', 'invalid_target', 'consent_required'];

export function concernsResource({ error }: Refusal): boolean {
  return ofResource.includes(error);
}

/**
 * A refusal as the standard means it, with the authority's own words beside it. `known`: words of its own, beside the
 * standard's, that a code may be made of.
 */
export function explainStandard(refusal: Refusal, known: readonly string[] = []): Problem {
  const { error, description, status } = refusal;
  if (error === '')
    return isPassing(refusal)
      ? unavailable(`it answered ${status}`)
      : noAnswer(`${status} without saying why`);
  const said = `the authority said ${quote(error)}${description && `: ${quote(description)}`}`;
  const meaning = Object.hasOwn(standard, error) ? standard[error] : undefined;
  if (!meaning && isPassing(refusal)) return unavailable(said);
  // Else whoever answers could write anything into a code
  const code = meaning || known.includes(error) ? error : 'refused';
  return new Problem({ code: `oauth.${code}`, ...(meaning ?? other), detail: said });
}

function unavailable(detail: string): Problem {
  return new Problem({
    code: 'oauth.unavailable',
    kind: 'unavailable',
    title: 'The authority has a passing fault',
    detail,
    remedy: 'Nothing: Letterbox tries again.',
    retry: 'later',
  });
}
