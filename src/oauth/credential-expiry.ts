import type { Instant } from '../model/mail-server.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';

/** Something that a profile shows the authority, and when it ends. */
export interface CredentialExpiry {
  kind: 'client-secret' | 'client-certificate';
  expiresAt: Instant;
}

const dayMs = 24 * 60 * 60_000;

/** When the credential that a profile uses expires, as far as it is known. */
export function expiryOf(profile: CredentialProfile): CredentialExpiry | null {
  const { authentication, clientAuthentication, clientSecretExpiresOn, clientCertificate } = profile;
  if (authentication !== 'oauth2') return null;
  if (clientAuthentication === 'secret' && clientSecretExpiresOn !== null)
    return { kind: 'client-secret', expiresAt: `${clientSecretExpiresOn}T23:59:59.999Z` };
  if (clientAuthentication === 'certificate' && clientCertificate !== null)
    return { kind: 'client-certificate', expiresAt: clientCertificate.expiresAt };
  return null;
}

/** Whole days until then; negative when it is over. */
export function daysLeft({ expiresAt }: CredentialExpiry): number {
  return Math.floor((Date.parse(expiresAt) - Date.now()) / dayMs);
}
