import type { Instant, Protocol } from './mail-server.ts';
import type { ProblemJson } from './problem.ts';

/** How a mailbox is opened; `password` only for servers that know no OAuth 2.0. */
export const authenticationTypes = ['oauth2', 'password'] as const;
export type AuthenticationType = (typeof authenticationTypes)[number];

/** RFC 6749 4.1 and 4.4, RFC 8628, by their `grant_type` (or the last part of it). */
export const grantTypes = ['authorization_code', 'client_credentials', 'device_code'] as const;
export type GrantType = (typeof grantTypes)[number];

export const providers = ['microsoft', 'google', 'custom'] as const;
export type Provider = (typeof providers)[number];

/** Microsoft's clouds, each with hosts of its own; GCC without "High" is in the worldwide one. */
export const clouds = ['worldwide', 'us-government-high', 'us-government-dod', 'china'] as const;
export type Cloud = (typeof clouds)[number];

/**
 * How Letterbox shows the authority who it is: by a client secret (RFC 6749 2.3.1), by a certificate
 * (`private_key_jwt`, RFC 7523), by the token of another authority that it trusts (workload identity federation),
 * or not at all (a public client, RFC 6749 2.1).
 */
export const clientAuthentications = ['secret', 'certificate', 'federated', 'none'] as const;
export type ClientAuthentication = (typeof clientAuthentications)[number];

/** What tokens are used for: reading by a protocol, or sending. */
export const uses = ['imap', 'pop3', 'graph', 'ews', 'smtp', 'graph-send'] as const;
export type Use = Protocol | (typeof uses)[number];

/** How Letterbox gets into mailboxes: one app registration and, once connected, its grant; or a password. */
export interface CredentialProfile {
  id: string;
  name: string;
  authentication: AuthenticationType;
  grant: GrantType;
  provider: Provider;
  /** Microsoft only. */
  cloud: Cloud;
  /** What the tokens are for, at least one; decides the default scopes. One token is for one resource (P11). */
  uses: Use[];
  /** Microsoft: directory (tenant) ID, verified domain, or `common`, `organizations`, `consumers`; or null when the two URLs are given. */
  tenant: string | null;
  /** Custom: the issuer whose metadata is discovered (RFC 8414, OIDC Discovery); or null when the two URLs are given. */
  issuer: string | null;
  authorizationUrl: string | null;
  tokenUrl: string | null;
  /** RFC 8628 3.1; null where it follows from the provider or is discovered. */
  deviceAuthorizationUrl: string | null;
  clientId: string;
  clientAuthentication: ClientAuthentication;
  /** When the newest client secret expires, as its creator was told; `YYYY-MM-DD`. */
  clientSecretExpiresOn: string | null;
  /** The public part of the certificate that the app is authenticated by; its key is sealed beside it. */
  clientCertificate: ClientCertificate | null;
  /** File with the other authority's token, read anew at every use. */
  federatedTokenFile: string | null;
  /** Who signs in (UPN), where that is not the mailbox's address; sent as `login_hint`. */
  signInName: string | null;
  /** Empty: the provider's default for each use and the grant. */
  scopes: string[];
  state: ProfileState;
  /** Who consented, as the identity token said. */
  account: ConsentedAccount | null;
  /** Why the profile is in its state, when something is wrong; of a connected one, what should be mended in time. */
  problem: ProblemJson | null;
  connectedAt: Instant | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface ClientCertificate {
  pem: string;
  subject: string;
  /** SHA-256 of the DER form, lower-case hexadecimal. */
  sha256: string;
  expiresAt: Instant;
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
  /** What else it is called, such as a mail address that differs from the sign-in name. */
  aliases?: string[];
  name: string | null;
  subject: string;
  tenant: string | null;
}
