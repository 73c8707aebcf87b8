import { parseDate } from '../../mime/date.ts';
import type { Instant } from '../../model/mail-server.ts';

/**
 * When the mail server received a message, by its topmost Received field that has a date (RFC 5321 4.4): POP3 tells
 * no date of its own. Null where there is none. `begin`: the first bytes of the message.
 */
export function receivedAt(begin: Buffer): Instant | null {
  const end = begin.indexOf('\r\n\r\n');
  const header = begin.toString('latin1', 0, end < 0 ? mostHeaderBytes : Math.min(end, mostHeaderBytes));
  for (const [, value = ''] of header.matchAll(receivedField)) {
    const date = parseDate(value.slice(value.lastIndexOf(';') + 1).replace(/\s+/g, ' '));
    if (value.includes(';') && date) return date;
  }
  return null;
}

/** The newest trace field is at the top. */
const mostHeaderBytes = 64 * 1024;

/** One field with its folded lines (RFC 5322 2.2.3). */
const receivedField = /^Received[ \t]*:((?:[^\n]|\n[ \t])*)/gim;

/** When a message was sent, by its Date field, where no server noted when it came. */
export function sentAt(begin: Buffer): Instant | null {
  const header = begin.toString('latin1', 0, mostHeaderBytes);
  const [, value = ''] = /^Date[ \t]*:((?:[^\n]|\n[ \t])*)/im.exec(header) ?? [];
  return parseDate(value.replace(/\s+/g, ' '));
}
