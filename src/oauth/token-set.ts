import type { Instant } from '../model/mail-server.ts';
import type { AccessToken } from '../model/token.ts';

/** What a grant brought: one refresh token, and by resource an access token each. */
export interface TokenSet {
  /** Null for grants that have none (RFC 6749 4.4.3). */
  refreshToken: string | null;
  access: Record<string, ResourceToken>;
  /** How often the refresh token was refused in a row without a reason that stays, and when it is tried again. */
  refused?: { count: number; until: Instant };
}

/** After how long a refresh token that is refused without a reason that stays is tried again, in milliseconds each. */
const triesAfterRefusal = [1, 4, 15, 40].map((minutes) => minutes * 60_000);

/** The tokens after such a refusal; null when it was tried often enough. */
export function afterRefusal(tokens: TokenSet): (TokenSet & Required<Pick<TokenSet, 'refused'>>) | null {
  const count = (tokens.refused?.count ?? 0) + 1;
  const delay = triesAfterRefusal[count - 1];
  if (delay === undefined) return null;
  return { ...tokens, refused: { count, until: new Date(Date.now() + delay).toISOString() } };
}

export interface ResourceToken extends AccessToken {
  obtainedAt: Instant;
}

/** The token endpoint's answer (RFC 6749 5.1), as far as it is kept. */
export interface TokenAnswer {
  access_token: string;
  expires_in?: number | undefined;
  refresh_token?: string | undefined;
}

/** Entra's tokens live 60 to 90 minutes; an authority that does not say how long is taken at an hour. */
const defaultLifetimeSeconds = 3600;
/** A token is refreshed this long before it expires. */
const ahead = 5 * 60_000;
/** A token with less left is not handed out. */
const least = 60_000;

/**
 * The tokens of before with what an answer brought for one resource. An answer without a refresh token keeps the
 * one that it was had for (RFC 6749 6).
 */
export function withAnswer(
  before: TokenSet | null,
  resource: string,
  answer: TokenAnswer,
  refreshToken: string | null,
): TokenSet {
  const lifetime = answer.expires_in ?? defaultLifetimeSeconds;
  const now = Date.now();
  const kept = answer.refresh_token ?? refreshToken;
  const token: ResourceToken = {
    token: answer.access_token,
    expiresAt: new Date(now + lifetime * 1000).toISOString(),
    obtainedAt: new Date(now).toISOString(),
    // Only an app by itself has nothing to refresh with (RFC 6749 4.4.3).
    ...(kept === null && { appOnly: true }),
  };
  return {
    refreshToken: kept,
    access: { ...before?.access, [resource]: token },
  };
}

/**
 * From when on the access token is to be refreshed, in milliseconds since 1970: five to seven and a half minutes
 * before it expires, at random, so that profiles connected together do not all come at once. Of a short-lived
 * token at most the last quarter, and half as much again, is given away.
 */
export function refreshTime(token: ResourceToken): number {
  return expiryOf(token) - Math.min(ahead, lifetimeOf(token) / 4) * (1 + Math.random() / 2);
}

/** Until when the access token may still be handed out where it could not be refreshed. */
export function lastUse(token: ResourceToken): number {
  return expiryOf(token) - Math.min(least, lifetimeOf(token) / 8);
}

const expiryOf = ({ expiresAt }: ResourceToken) => Date.parse(expiresAt);

const lifetimeOf = (token: ResourceToken) => expiryOf(token) - Date.parse(token.obtainedAt);
