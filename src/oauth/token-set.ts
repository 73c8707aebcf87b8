import type { AccessToken } from '../model/token.ts';

/** What a grant brought, sealed as one value under the profile's id and {@link tokensName}. */
export interface TokenSet {
  /** Null for grants that have none (RFC 6749 4.4.3). */
  refreshToken: string | null;
  access: AccessToken;
}

export const tokensName = 'tokens';
export const clientSecretName = 'client-secret';

/** Entra's tokens live 60 to 90 minutes; an authority that does not say how long is taken at an hour. */
const defaultLifetimeSeconds = 3600;

/** The token endpoint's answer (RFC 6749 5.1); a refresh that brings no new refresh token keeps the old one (6). */
export function toTokenSet(
  answer: { access_token: string; expires_in?: number | undefined; refresh_token?: string | undefined },
  previousRefreshToken: string | null,
): TokenSet {
  const lifetime = answer.expires_in ?? defaultLifetimeSeconds;
  return {
    refreshToken: answer.refresh_token ?? previousRefreshToken,
    access: { token: answer.access_token, expiresAt: new Date(Date.now() + lifetime * 1000).toISOString() },
  };
}
