import { ClientError } from 'openid-client';
import { Problem } from '../model/problem.ts';
import { quote } from '../network/wording.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Authority } from './authority.ts';
import { invalidAnswer } from './invalid-answer.ts';
import { isPassing, type Refusal, refusalOf } from './refusal.ts';
import { explainStandard } from './standard-errors.ts';

/** Refusals after which only a person can help (RFC 6749 5.2, OpenID Connect Core 3.1.2.6). */
const endsConsent = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required'];

/** How a request to the authority failed, as the person must be told. */
export interface Failure {
  problem: Problem;
  /** Whether a person must consent again. */
  personNeeded: boolean;
  /** Whether it may pass all the same, so that the grant is worth some more tries. */
  mayPass: boolean;
  /** Whether it says nothing of the profile's other resources. */
  ofResource: boolean;
}

/** Whatever was thrown on the way to the authority and back, explained by the authority where it can, else by the standard. */
export async function explainFailure(
  error: unknown,
  authority: Authority,
  profile: Pick<CredentialProfile, 'issuer' | 'tenant'>,
): Promise<Failure> {
  const told = error instanceof Problem ? error : (error as { cause?: unknown }).cause;
  if (told instanceof Problem) return ofTheWay(told);
  const refusal = await refusalOf(error);
  if (refusal) {
    const problem = withRetry(authority.explain(refusal) ?? explainStandard(refusal), refusal);
    const personNeeded = problem.retry === 'no' && endsConsent.includes(refusal.error);
    const mayPass = personNeeded && refusal.error === 'invalid_grant' && !authority.saysWhy(refusal);
    return { problem, personNeeded, mayPass, ofResource: authority.concernsResource(refusal) };
  }
  return ofTheWay(error instanceof ClientError ? notTrusted(error, profile) : Problem.from(error));
}

/** The authority did not refuse anything: something between it and us went wrong. */
function ofTheWay(problem: Problem): Failure {
  return { problem, personNeeded: false, mayPass: false, ofResource: false };
}

/** The explanation names the cause; what the standard calls passing is tried again all the same. */
function withRetry(problem: Problem, refusal: Refusal): Problem {
  if (refusal.retryAfter) return problem.retriedAt(refusal.retryAfter);
  return isPassing(refusal) ? problem.retriable() : problem;
}

/** Not in good order: the form, or a claim of the identity token (OpenID Connect Core 3.1.3.7). */
function notTrusted(error: ClientError, profile: Pick<CredentialProfile, 'issuer' | 'tenant'>): Problem {
  return invalidAnswer(
    {
      title: 'The authority’s answer cannot be trusted',
      detail: differenceIn(error) ?? error.code ?? error.message,
      cause:
        error.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'
          ? 'The identity token is from another time: the clock of this machine may be wrong.'
          : 'The issuer, the audience, the nonce or the form is not what was asked for.',
      remedy:
        profile.issuer === null && profile.tenant === null
          ? 'Check that both URLs of the profile are of one authority and tenant, or give the tenant or issuer instead.'
          : 'Check the tenant or issuer of the profile, then connect again.',
    },
    error,
  );
}

/** Which public claim differs, and how. Nothing else of a token is ever shown. */
function differenceIn(error: ClientError): string | null {
  const { cause } = (error.cause ?? {}) as { cause?: Record<string, unknown> };
  if (typeof cause !== 'object' || cause === null || !('expected' in cause)) return null;
  if (cause.parameters instanceof URLSearchParams && cause.parameters.has('iss'))
    return differs('iss', cause.expected, cause.parameters.get('iss'));
  const claim = String(cause.claim);
  if (claim !== 'iss' && claim !== 'aud') return null;
  return differs(claim, cause.expected, (cause.claims as Record<string, unknown> | undefined)?.[claim]);
}

function differs(name: string, expected: unknown, given: unknown): string {
  return `${name}: expected ${expected}, got ${quote(String(given))}`;
}
