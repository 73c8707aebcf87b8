import type { Instant } from './mail-server.ts';
import type { ProblemJson } from './problem.ts';

export interface ClientCertificate {
  pem: string;
  subject: string;
  /** SHA-256 of the DER form, lower-case hexadecimal. */
  sha256: string;
  expiresAt: Instant;
}

export const profileStates = [
  /** No grant yet, or it was revoked or expired: a person must connect. */
  'consent-needed',
  'connected',
  /** Tokens cannot be had although nobody needs to consent (expired secret, wrong tenant). */
  'failing',
] as const;
export type ProfileState = (typeof profileStates)[number];

export interface ConsentedAccount {
  /** `preferred_username` or `upn` of the identity token, else its subject. */
  username: string;
  /** What else it is called, such as a mail address that differs from the sign-in name. */
  aliases?: string[];
  name: string | null;
  subject: string;
  tenant: string | null;
}

/** What an administrator of the tenant answered when asked to consent for everybody in it. */
export interface AdminConsent {
  askedAt: Instant;
  answeredAt: Instant;
  /** Of the tenant in which it was given, where the answer named it. */
  tenant: string | null;
  /** What was asked for, names with spaces between. */
  scope: string;
  /** Why it was not given. */
  problem: ProblemJson | null;
}
