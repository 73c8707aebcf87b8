import type { Configuration } from 'openid-client';
import type { CredentialProfile } from '../model/credential-profile.ts';
import type { Problem } from '../model/problem.ts';
import type { Refusal } from './refusal.ts';

/** A provider of grants. Adapters: one file each in `authorities/`, registered in its index. */
export interface Authority {
  /**
   * Its endpoints and the issuer to expect, for openid-client. `named` is the issuer that an authorization
   * response gave (RFC 9207), which decides where the profile leaves the issuer open. Throws a Problem when
   * the endpoints cannot be learned.
   */
  configuration(
    profile: CredentialProfile,
    clientSecret: string,
    named: string | null,
  ): Promise<Configuration>;
  /** What is asked for when the profile does not say. */
  defaultScopes(profile: CredentialProfile): string[];
  /** Parameters of the authorization request beyond the standard's. */
  authorizationParameters(profile: CredentialProfile): Record<string, string>;
  /** A refusal in words a person can act on; null when it is not one that this provider knows better. */
  explain(refusal: Refusal): Problem | null;
}

/** The profile's scopes, or what its provider asks for by default. */
export function scopesOf(profile: CredentialProfile, authority: Authority): string {
  const scopes = profile.scopes.length > 0 ? profile.scopes : authority.defaultScopes(profile);
  return scopes.join(' ');
}
