/** How Exchange Online says that a mailbox is used too much, in IMAP as in POP3; and what others say (Dovecot, Gmail). */
const words =
  /request is throttled|too many (simultaneous |concurrent )?connections|too many requests|maximum number of connections/i;

/**
 * Whether a server's words ask to slow down, and for how long: "Request is throttled. Suggested Backoff Time: 92415
 * milliseconds". Milliseconds, 0 where the server names no time; null when the words say something else.
 */
export function askedBackoff(said: string): number | null {
  if (!words.test(said)) return null;
  return Number(/backoff time[:=\s]+(\d+)/i.exec(said)?.[1] ?? 0);
}

/** Exchange Online: a good token, but not for this mailbox. */
export function saysNotConnected(said: string): boolean {
  return /authenticated but not connected/i.test(said);
}

/** Exchange Online ends a session when its token expires, with these words. */
export function saysTokenExpired(said: string): boolean {
  return /AccessTokenExpired|Session invalidated/i.test(said);
}

/**
 * A server that cannot sign anyone in just now says so in words where it has no code for it: Exchange Online "Server
 * Unavailable. 15", Dovecot "Temporary authentication failure", Gmail "System Error (Failure)".
 */
const unavailableWords =
  /\bunavailable\b|\bserver (is )?busy\b|\btemporar|try again (later|in )|system error|internal (server )?error|server error|service not available|lookup failed/i;

/** Whether a refusal is the server's trouble, and says nothing of what it was shown. */
export function saysUnavailable(said: string): boolean {
  return unavailableWords.test(said);
}
