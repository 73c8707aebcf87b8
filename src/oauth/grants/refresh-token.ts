import { type Configuration, refreshTokenGrant } from 'openid-client';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { type Authority, scopesOf } from '../authority.ts';
import { type TokenSet, toTokenSet } from '../token-set.ts';

/** RFC 6749 6; the scope is always sent, which Entra demands (P4). Throws openid-client's errors. */
export async function refreshTokens(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
  refreshToken: string,
): Promise<TokenSet> {
  const scope = scopesOf(profile, authority);
  return toTokenSet(await refreshTokenGrant(configuration, refreshToken, { scope }), refreshToken);
}
