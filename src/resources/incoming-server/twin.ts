import { userOf } from '../../model/mail-server.ts';
import type { MailServer } from './record.ts';

/** Two servers that read one folder of one mailbox bring each of its mails in twice. */
export function readsTheSame(server: MailServer, other: MailServer): string | null {
  if (!isSameMailbox(server, other)) return null;
  const shared = server.folders.filter((folder) => other.folders.some((one) => overlap(folder, one)));
  if (shared.length === 0) return null;
  return `reads ${shared.join(', ')} of this mailbox already: each mail would come in twice`;
}

/** By its address, which is one mailbox's in all the world, also where it is read by another protocol; or who signs in where. */
function isSameMailbox(one: MailServer, other: MailServer): boolean {
  const isSame = (a: string | null, b: string | null) => a?.toLowerCase() === b?.toLowerCase();
  if (isSame(one.address, other.address)) return true;
  return isSame(one.host, other.host) && isSame(userOf(one), userOf(other));
}

/** Whether two entries of folders may mean the same: names, patterns such as `Team/*`, special uses such as `\\Junk`. */
function overlap(one: string, other: string): boolean {
  if (isPattern(one)) return isPattern(other) || fits(one, other);
  if (isPattern(other)) return fits(other, one);
  const named = (folder: string) => folder.replace(/^\\/, '').toLowerCase();
  return named(one) === named(other);
}

function isPattern(folder: string): boolean {
  return /[*%]/.test(folder);
}

/** Whether a name may fit a pattern (RFC 3501 6.3.8). What separates the levels is not known here, so `%` is taken for anything. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split(/[*%]+/);
  const last = rest.pop() ?? '';
  const text = name.toLowerCase();
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
