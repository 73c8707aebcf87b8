const hour = 60 * 60_000;

/**
 * When to come again, by a `Retry-After` field as it came (RFC 9110 10.2.3: seconds, or a date): never in the past, at
 * most `longestMs` from now; null where there is none or it says nothing that can be understood.
 */
export function retryAfter(field: string | string[] | null | undefined, longestMs = hour): Date | null {
  const value = [field].flat()[0]?.trim();
  if (!value) return null;
  const now = Date.now();
  const at = /^\d+$/.test(value) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(at) ? null : new Date(Math.min(Math.max(at, now), now + longestMs));
}
