import { type Configuration, refreshTokenGrant } from 'openid-client';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';

import type { Authority } from '../authority.ts';
import type { Resource } from '../resource.ts';
import { refreshScope } from '../scope.ts';
import type { TokenAnswer } from '../token-set.ts';

/** RFC 6749 6; the scope is always sent, which Entra demands. Throws openid-client's errors. */
export function refreshTokens(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
  resource: Resource,
  refreshToken: string,
): Promise<TokenAnswer> {
  return refreshTokenGrant(configuration, refreshToken, {
    scope: refreshScope(profile, authority, resource),
  });
}
