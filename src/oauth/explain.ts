import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { Problem } from '../model/problem.ts';
import type { Authority, Refusal } from './authority.ts';
import { unreachable } from './network.ts';

/** Refusals after which only a person can help (RFC 6749 5.2, OpenID Connect Core 3.1.2.6). */
const personNeeded = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required'];

/** How a request to the authority failed: as the person must be told, and whether a person must consent again. */
export interface Failure {
  problem: Problem;
  consentNeeded: boolean;
}

/** Whatever openid-client throws, explained by the authority where it can, else by the standard. */
export function explainFailure(error: unknown, authority: Authority, tokenUrl: string): Failure {
  if (error instanceof Problem) return { problem: error, consentNeeded: false };
  const refusal = refusalOf(error);
  if (refusal)
    return {
      problem: authority.explain(refusal) ?? explainStandard(refusal),
      consentNeeded: personNeeded.includes(refusal.error),
    };
  if (isNetworkFailure(error))
    return { problem: unreachable(new URL(tokenUrl).host, error), consentNeeded: false };
  const code = (error as { code?: string }).code ?? 'unknown';
  return {
    problem: new Problem(
      {
        code: 'oauth.answer-invalid',
        title: 'The authority’s answer cannot be trusted',
        detail: code,
        cause:
          'It is not what the standard asks for: the issuer, the audience, the nonce or the form is wrong.',
        remedy: 'Check the tenant and the URLs of the profile, then connect again.',
        retry:
          code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || code === 'OAUTH_RESPONSE_IS_NOT_JSON' ? 'later' : 'no',
      },
      error,
    ),
    consentNeeded: false,
  };
}

function refusalOf(error: unknown): Refusal | null {
  if (error instanceof ResponseBodyError) {
    const codes = error.cause.error_codes;
    return {
      error: error.error,
      description: error.error_description ?? '',
      codes: Array.isArray(codes) ? codes.filter((code) => typeof code === 'number') : [],
      status: error.status,
    };
  }
  if (error instanceof AuthorizationResponseError)
    return { error: error.error, description: error.error_description ?? '', codes: [], status: null };
  return null;
}

/** `fetch` throws a TypeError when there was no answer at all; openid-client wraps its time-outs. */
function isNetworkFailure(error: unknown): boolean {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: { name?: string } };
  return (
    (error instanceof TypeError && code !== 'ERR_INVALID_ARG_TYPE') ||
    name === 'TimeoutError' ||
    code === 'OAUTH_TIMEOUT' ||
    cause?.name === 'TimeoutError'
  );
}

/** RFC 6749 4.1.2.1 and 5.2 in plain words. */
function explainStandard({ error, status }: Refusal): Problem {
  const said = `the authority said ${error.replace(/[^\w.-]/g, '')}`;
  const of = (title: string, remedy: string, retry: 'no' | 'later' = 'no') =>
    new Problem({ code: `oauth.${error.replace(/\W/g, '-')}`, title, detail: said, remedy, retry });
  switch (error) {
    case 'invalid_client':
    case 'unauthorized_client':
      return of(
        'The authority does not accept this client',
        'Check client ID and client secret of the profile.',
      );
    case 'invalid_grant':
      return of('The authorization has run out or was revoked', 'Press Reconnect on the profile.');
    case 'invalid_scope':
      return of(
        'The authority does not know a scope that is asked for',
        'Correct the scopes of the profile.',
      );
    case 'access_denied':
      return of('The consent was declined', 'Press Connect again and accept.');
    case 'server_error':
    case 'temporarily_unavailable':
      return of('The authority has a passing fault', 'Nothing: Letterbox tries again.', 'later');
    default:
      return of(
        'The authority refused the request',
        'Check the profile, then connect again.',
        status !== null && status >= 500 ? 'later' : 'no',
      );
  }
}
