/**
 * When to come again, by a `Retry-After` field (RFC 9110 10.2.3: seconds, or a date): never in the past, at most
 * `longestMs` from now; null where there is none or it says nothing that can be understood.
 */
export function retryAfter(value: string | null | undefined, longestMs: number): Date | null {
  if (!value) return null;
  const now = Date.now();
  const at = /^\d+$/.test(value) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(at) ? null : new Date(Math.min(Math.max(at, now), now + longestMs));
}
