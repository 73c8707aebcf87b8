import type { Report } from './defects.ts';

/**
 * The message identifiers of a field (RFC 5322 3.6.4) without their angle brackets, at most `limit`. Where there
 * are no brackets, the words that look like identifiers are taken.
 */
export function parseMessageIds(field: string, limit: number, report: Report): string[] {
  const bracketed = field.match(/<[^<>]*>/g)?.map((id) => id.slice(1, -1).replace(/\s+/g, '')) ?? [];
  const ids = bracketed.length > 0 ? bracketed : field.split(/[\s,]+/).filter((word) => word.includes('@'));
  const found = ids.filter((id) => id !== '');
  if (found.length <= limit) return found;
  report('message-ids-too-many');
  return found.slice(0, limit);
}

/** The identifier of a Message-ID or Content-ID field; what has no brackets is taken whole; null when there is none. */
export function parseMessageId(field: string | undefined): string | null {
  if (field === undefined) return null;
  const bracketed = /<([^<>]*)>/.exec(field)?.[1];
  return (bracketed ?? field).replace(/[\s<>]+/g, '') || null;
}
