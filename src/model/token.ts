import type { Instant } from './mail-server.ts';

/** A bearer token (RFC 6750) for one resource. Never logged, never parsed. */
export interface AccessToken {
  token: string;
  expiresAt: Instant;
  /** The mailbox's password, for servers that know no OAuth 2.0: for `AUTH PLAIN` or `USER` and `PASS`. */
  isPassword?: true;
  /** Issued to the application itself (RFC 6749 4.4), which then names the mailbox that it acts as. */
  appOnly?: true;
}

/** Port: where sources and outgoing servers get their tokens from; one for each credential profile and use. */
export interface TokenSource {
  /**
   * A token good for at least the next minute. Concurrent callers share one request. Throws a Problem:
   * `oauth.consent-needed` when a person must connect again, otherwise what the authority said.
   */
  accessToken(signal?: AbortSignal): Promise<AccessToken>;
  /** The server refused this token: never hand it out again; the next call gets a fresh one. */
  discard(token: string): void;
}

/** What tokens are used for: reading by a protocol, or sending; by the name that its kind has. */
export type Use = string;
