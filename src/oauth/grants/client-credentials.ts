import { type Configuration, clientCredentialsGrant } from 'openid-client';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { type Authority, scopesOf } from '../authority.ts';
import { type TokenSet, toTokenSet } from '../token-set.ts';

/** RFC 6749 4.4: the app by itself, without a person. Throws openid-client's errors. */
export async function obtainByClientCredentials(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
): Promise<TokenSet> {
  const scope = scopesOf(profile, authority);
  const tokens = toTokenSet(await clientCredentialsGrant(configuration, scope ? { scope } : {}), null);
  return { ...tokens, access: { ...tokens.access, appOnly: true } };
}
