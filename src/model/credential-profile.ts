import type { Instant, Protocol } from './mail-server.ts';
import type { ProblemJson } from './problem.ts';

/** RFC 6749 4.1 and 4.4, by their `grant_type` (or `response_type`) names. */
export const grantTypes = ['authorization_code', 'client_credentials'] as const;
export type GrantType = (typeof grantTypes)[number];

export const providers = ['microsoft', 'custom'] as const;
export type Provider = (typeof providers)[number];

/** How Letterbox gets tokens for mailboxes: one app registration and, once connected, its grant. */
export interface CredentialProfile {
  id: string;
  name: string;
  authentication: 'oauth2';
  grant: GrantType;
  provider: Provider;
  /** What the tokens are for; decides the default scopes. */
  protocol: Protocol;
  /** Microsoft: directory (tenant) ID or verified domain; or null when the two URLs are given. */
  tenant: string | null;
  /** Custom: the issuer whose metadata is discovered (RFC 8414, OIDC Discovery); or null when the two URLs are given. */
  issuer: string | null;
  authorizationUrl: string | null;
  tokenUrl: string | null;
  clientId: string;
  /** When the client secret expires, as its creator was told; `YYYY-MM-DD`. */
  clientSecretExpiresOn: string | null;
  /** Who signs in (UPN), where that is not the mailbox's address; sent as `login_hint`. */
  signInName: string | null;
  /** Empty: the provider's default for protocol and grant. */
  scopes: string[];
  state: ProfileState;
  /** Who consented, as the identity token said. */
  account: ConsentedAccount | null;
  /** Why the profile is in its state, when something is wrong. */
  problem: ProblemJson | null;
  connectedAt: Instant | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export type ProfileState =
  /** No grant yet, or it was revoked or expired: a person must connect. */
  | 'consent-needed'
  | 'connected'
  /** Tokens cannot be had although nobody needs to consent (expired secret, wrong tenant). */
  | 'failing';

export interface ConsentedAccount {
  /** `preferred_username` or `upn` of the identity token, else its subject. */
  username: string;
  name: string | null;
  subject: string;
  tenant: string | null;
}
