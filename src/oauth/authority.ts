import type { ClientAuth, Configuration } from 'openid-client';
import type { Problem } from '../model/problem.ts';
import type { Use } from '../model/token.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Refusal } from './refusal.ts';
import type { Resource } from './resource.ts';

/** A provider of grants. Adapters: one file each in `authorities/`, registered in its index. */
export interface Authority {
  /**
   * Its endpoints and the issuer to expect, for openid-client. `named` is the issuer that an authorization
   * response gave (RFC 9207), which decides where the profile leaves the issuer open. Throws a Problem when
   * the endpoints cannot be learned.
   */
  configuration(
    profile: CredentialProfile,
    authentication: ClientAuth,
    named: string | null,
  ): Promise<Configuration>;
  /** Where tokens are had; where only an issuer is known, that. */
  tokenUrl(profile: CredentialProfile): URL;
  /** What a token for a use is for; with the scopes of all other uses that it serves as well. */
  resource(profile: CredentialProfile, use: Use): Resource;
  /** Scopes of a consent that belong to no resource: who consents, and the refresh token. */
  identityScopes(profile: CredentialProfile): string[];
  /** Parameters of the authorization request beyond the standard's. */
  authorizationParameters(profile: CredentialProfile): Record<string, string>;
  /** What is to be done when a consent brought no refresh token. */
  refreshTokenRemedy: string;
  /** A refusal in words a person can act on; null when it is not one that this provider knows better. */
  explain(refusal: Refusal): Problem | null;
  /** Whether a refusal is about the resource that was asked for, and says nothing of the others. */
  concernsResource(refusal: Refusal): boolean;
  /** Whether the refusal of a grant tells why it is over. One that does not may pass: the grant is tried some more. */
  saysWhy(refusal: Refusal): boolean;
}
