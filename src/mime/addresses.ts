import addressparser from 'nodemailer/lib/addressparser';
import type { Address } from '../model/message.ts';
import type { Report } from './defects.ts';
import { decodeWords } from './words.ts';

/**
 * Reads address lists (RFC 5322 3.4), at most `limit` addresses of all the given fields together. Members of a
 * group carry its name. Encoded words are decoded after the list is taken apart, so that what they hold can
 * never become another address (RFC 2047 5).
 */
export function parseAddresses(fields: readonly string[], limit: number, report: Report): Address[] {
  const addresses: Address[] = [];
  for (const field of fields) {
    if (addresses.length >= limit) break;
    if (field === '') continue;
    for (const entry of addressparser(field)) {
      const group = entry.group ? decodeWords(entry.name) : undefined;
      for (const member of entry.group ?? [entry]) {
        if (member.address === undefined || (!member.address && !member.name)) continue;
        const address = { name: decodeWords(member.name).trim(), address: readAddress(member.address) };
        addresses.push(group === undefined ? address : { ...address, group });
      }
    }
  }
  if (addresses.length > limit) {
    report('addresses-too-many');
    addresses.length = limit;
  }
  return addresses;
}

/** Encoded words must not occur in an address (RFC 2047 5); one that decodes to an address is taken, others are dropped. */
function readAddress(written: string): string {
  if (!written.includes('=?')) return written;
  const decoded = decodeWords(written);
  return /^[^\s@<>"]+@[^\s@<>"]+$/.test(decoded) ? decoded : '';
}
