/**
 * A Message-ID as a listing tells it, to be compared with that of a stored message: without angle brackets; null for any
 * but a plain one (RFC 5322 3.6.4 `dot-atom-text`), of which every reader makes the same.
 */
export function plainMessageId(told: unknown): string | null {
  if (typeof told !== 'string') return null;
  return /^<?([\w!#$%&'*+/?^`{|}~.-]{1,500}@[\w!#$%&'*+/?^`{|}~.-]{1,500})>?$/.exec(told.trim())?.[1] ?? null;
}
