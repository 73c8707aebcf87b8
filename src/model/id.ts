import { randomBytes } from 'node:crypto';

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new identifier: prefix, underscore, 26 characters of Crockford base 32 whose first ten are the
 * millisecond, so that keys made one after the other lie side by side in an index (as in a ULID).
 */
export function newId(prefix: string, now = Date.now()): string {
  let time = '';
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = crockford[rest % 32] + time;
  let random = '';
  for (const byte of randomBytes(16)) random += crockford[byte & 31];
  return `${prefix}_${time}${random}`;
}

/** An identifier of the same form that is made of bytes, 26 of them. */
export function encodeId(prefix: string, bytes: Uint8Array): string {
  const characters = Array.from(bytes.subarray(0, 26), (byte) => crockford[byte & 31]);
  return `${prefix}_${characters.join('')}`;
}
