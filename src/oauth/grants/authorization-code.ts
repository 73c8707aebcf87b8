import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { ConsentedAccount, CredentialProfile } from '../../model/credential-profile.ts';
import { Problem } from '../../model/problem.ts';
import { type Authority, scopesOf } from '../authority.ts';
import { type TokenSet, toTokenSet } from '../token-set.ts';

/** What must come back together with the code: kept between the two halves of the flow. */
export interface AuthorizationRequest {
  state: string;
  nonce: string;
  /** RFC 7636 4.1. */
  codeVerifier: string;
}

/** Who consented, by the identity token. */
export interface SignedIn {
  account: ConsentedAccount;
  /** Everything the account is called by: a sign-in name and a mail address may differ (P9). */
  names: string[];
}

/** The first half (RFC 6749 4.1.1 with RFC 7636): where to send the browser, and what to remember meanwhile. */
export async function beginAuthorization(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
  redirectUri: string,
): Promise<{ url: URL; request: AuthorizationRequest }> {
  const request = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
  const scope = scopesOf(profile, authority);
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope,
    state: request.state,
    ...(asksForIdentity(scope) && { nonce: request.nonce }),
    code_challenge: await calculatePKCECodeChallenge(request.codeVerifier),
    code_challenge_method: 'S256',
    ...authority.authorizationParameters(profile),
  });
  return { url, request };
}

/**
 * The second half (RFC 6749 4.1.3): the code for tokens. State, issuer (RFC 9207) and identity token are
 * checked by openid-client. Throws its errors, or `oauth.no-refresh-token` (P5).
 */
export async function redeemCode(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
  callback: URL,
  request: AuthorizationRequest,
): Promise<{ tokens: TokenSet; signedIn: SignedIn | null }> {
  const identity = asksForIdentity(scopesOf(profile, authority));
  const answer = await authorizationCodeGrant(configuration, callback, {
    expectedState: request.state,
    pkceCodeVerifier: request.codeVerifier,
    ...(identity && { expectedNonce: request.nonce, idTokenExpected: true }),
  });
  if (!answer.refresh_token)
    throw new Problem({
      code: 'oauth.no-refresh-token',
      title: 'The authority gave no refresh token',
      cause:
        'Without one the consent would end within the hour. The scope offline_access was not asked for or not granted.',
      remedy:
        'Add offline_access to the scopes of the profile (or clear them to use the default), then connect again.',
    });
  return { tokens: toTokenSet(answer, null), signedIn: signedInOf(answer.claims()) };
}

function asksForIdentity(scope: string): boolean {
  return scope.split(' ').includes('openid');
}

function signedInOf(claims: Record<string, unknown> | undefined): SignedIn | null {
  if (!claims) return null;
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : null);
  const given = ['preferred_username', 'upn', 'email'].map(text).filter((name) => name !== null);
  const names = [...new Set(given)];
  const subject = String(claims.sub);
  return {
    account: { username: names[0] ?? subject, name: text('name'), subject, tenant: text('tid') },
    names: names.length > 0 ? names : [subject],
  };
}
