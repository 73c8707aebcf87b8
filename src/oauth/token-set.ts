import type { Instant } from '../model/mail-server.ts';
import type { AccessToken } from '../model/token.ts';

/** What a grant brought, sealed as one value under the profile's id and {@link tokensName}. */
export interface TokenSet {
  /** Null for grants that have none (RFC 6749 4.4.3). */
  refreshToken: string | null;
  access: AccessToken;
  obtainedAt: Instant;
}

export const tokensName = 'tokens';
export const clientSecretName = 'client-secret';

/** Entra's tokens live 60 to 90 minutes; an authority that does not say how long is taken at an hour. */
const defaultLifetimeSeconds = 3600;
/** A token is refreshed this long before it expires. */
const ahead = 5 * 60_000;
/** A token with less left is not handed out. */
const least = 60_000;

/** The token endpoint's answer (RFC 6749 5.1); a refresh that brings no new refresh token keeps the old one (6). */
export function toTokenSet(
  answer: { access_token: string; expires_in?: number | undefined; refresh_token?: string | undefined },
  previousRefreshToken: string | null,
): TokenSet {
  const lifetime = answer.expires_in ?? defaultLifetimeSeconds;
  const now = Date.now();
  return {
    refreshToken: answer.refresh_token ?? previousRefreshToken,
    access: { token: answer.access_token, expiresAt: new Date(now + lifetime * 1000).toISOString() },
    obtainedAt: new Date(now).toISOString(),
  };
}

/**
 * From when on the access token is to be refreshed, in milliseconds since 1970: five to seven and a half minutes
 * before it expires, at random, so that profiles connected together do not all come at once. Of a short-lived
 * token at most the last quarter, and half as much again, is given away.
 */
export function refreshTime(tokens: TokenSet): number {
  return expiryOf(tokens) - Math.min(ahead, lifetimeOf(tokens) / 4) * (1 + Math.random() / 2);
}

/** Until when the access token may still be handed out where it could not be refreshed. */
export function lastUse(tokens: TokenSet): number {
  return expiryOf(tokens) - Math.min(least, lifetimeOf(tokens) / 8);
}

const expiryOf = ({ access }: TokenSet) => Date.parse(access.expiresAt);

const lifetimeOf = (tokens: TokenSet) => expiryOf(tokens) - Date.parse(tokens.obtainedAt);
