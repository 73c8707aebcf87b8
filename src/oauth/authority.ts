import type { Configuration } from 'openid-client';
import type { CredentialProfile, GrantType } from '../model/credential-profile.ts';
import type { Protocol } from '../model/mail-server.ts';
import type { Problem } from '../model/problem.ts';

/** What an authorization server says when it refuses (RFC 6749 4.1.2.1, 5.2). */
export interface Refusal {
  error: string;
  description: string;
  /** Entra's `error_codes`. */
  codes: number[];
  /** HTTP status; null for an error that came by redirect. */
  status: number | null;
}

/** A provider of grants. Adapters: one file each in `authorities/`, registered in its index. */
export interface Authority {
  /** Its endpoints and the issuer to expect, for openid-client. Throws a Problem when they cannot be learned. */
  configuration(profile: CredentialProfile, clientSecret: string): Promise<Configuration>;
  /** What is asked for when the profile does not say. */
  defaultScopes(protocol: Protocol, grant: GrantType): string[];
  /** Parameters of the authorization request beyond the standard's. */
  authorizationParameters(profile: CredentialProfile): Record<string, string>;
  /** A refusal in words a person can act on; null when it is not one that this provider knows better. */
  explain(refusal: Refusal): Problem | null;
}

/** The profile's scopes, or what its provider asks for by default. */
export function scopesOf(profile: CredentialProfile, authority: Authority): string {
  const scopes =
    profile.scopes.length > 0 ? profile.scopes : authority.defaultScopes(profile.protocol, profile.grant);
  return scopes.join(' ');
}
