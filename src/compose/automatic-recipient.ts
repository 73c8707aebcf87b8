import type { Address, MessageContent } from '../model/message.ts';
import { isAddress } from './reply.ts';

/**
 * Whom an automatic reply goes to (RFC 3834 4): the envelope's sender, as the receiving server wrote it into
 * `Return-Path` (RFC 5321 4.4), and never a `Reply-To`, by which anybody could have us write to others. Where several
 * differ it cannot be told which one the server wrote, so nobody is answered.
 *
 * Some servers write none. Then it goes to `From` if that is one address and no `Reply-To` names another: whoever forges
 * it gains no more than by forging any mail in that name, and everybody whose mail is answered is whom it says it is from.
 */
export function automaticRecipient({
  headers,
  from,
  replyTo,
}: Pick<MessageContent, 'headers' | 'from' | 'replyTo'>): string | null {
  const paths = headers
    .filter(({ name }) => name.toLowerCase() === 'return-path')
    .map(({ value }) => value.trim().replace(/^<\s*(.*?)\s*>$/, '$1'));
  const [path, ...others] = new Set(paths);
  if (path !== undefined) return others.length === 0 && isAddress(path) ? path : null;
  const [author, ...coauthors] = from;
  if (!author || coauthors.length > 0 || !isAddress(author.address)) return null;
  return replyTo.every((one) => isSame(one, author)) ? author.address : null;
}

function isSame(one: Address, other: Address): boolean {
  return one.address.toLowerCase() === other.address.toLowerCase();
}
