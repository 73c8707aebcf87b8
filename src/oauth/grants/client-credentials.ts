import { type Configuration, clientCredentialsGrant } from 'openid-client';
import type { Resource } from '../resource.ts';
import type { TokenAnswer } from '../token-set.ts';

/** RFC 6749 4.4: the app by itself, without a person. Throws openid-client's errors. */
export function obtainByClientCredentials(
  configuration: Configuration,
  { scopes }: Resource,
): Promise<TokenAnswer> {
  const scope = scopes.join(' ');
  return clientCredentialsGrant(configuration, scope ? { scope } : {});
}
