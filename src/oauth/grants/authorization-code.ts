import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';

import type { Authority } from '../authority.ts';
import { type Consented, firstToken, toConsented } from '../consented.ts';
import { consentScope } from '../scope.ts';

/** What must come back together with the code: kept between the two halves of the flow. */
export interface AuthorizationRequest {
  state: string;
  nonce: string;
  /** RFC 7636 4.1. */
  codeVerifier: string;
}

/** The first half (RFC 6749 4.1.1 with RFC 7636): where to send the browser, and what to remember meanwhile. */
export async function beginAuthorization(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
  redirectUri: string,
): Promise<{ url: URL; request: AuthorizationRequest }> {
  const request = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
  const scope = consentScope(profile, authority);
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
 * checked by openid-client. Throws its errors, or `oauth.no-refresh-token`.
 */
export async function redeemCode(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
  callback: URL,
  request: AuthorizationRequest,
): Promise<Consented> {
  const identity = asksForIdentity(consentScope(profile, authority));
  const { resource, parameters } = firstToken(profile, authority);
  const answer = await authorizationCodeGrant(
    configuration,
    callback,
    {
      expectedState: request.state,
      pkceCodeVerifier: request.codeVerifier,
      ...(identity && { expectedNonce: request.nonce, idTokenExpected: true }),
    },
    parameters,
  );
  return toConsented(authority, resource, answer);
}

function asksForIdentity(scope: string): boolean {
  return scope.split(' ').includes('openid');
}
