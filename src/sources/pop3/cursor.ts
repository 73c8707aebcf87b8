import { hash } from 'node:crypto';
import type { Cursor } from '../source.ts';

/**
 * What is not to be read of a maildrop although the store holds nothing of it: messages from before the start, and
 * those that cannot be had. What was read is in the store, and it is asked (`known`); so the cursor of a mailbox whose
 * 100,000 messages stay on the server is a few bytes long. Each entry is a digest of 66 bits of the unique id
 * (1.1 MB where all 100,000 are from before the start), and lasts as long as the server lists the message.
 */
export interface Progress {
  /** Nothing was looked at before. */
  readonly isFirstLook: boolean;
  has(uid: string): boolean;
  add(uid: string): void;
  /** Forgets what the server no longer lists. */
  keepOnly(uids: Iterable<string>): void;
  toCursor(): Cursor;
}

const digestLength = 11;

function digest(uid: string): string {
  return hash('sha256', uid, 'base64url').slice(0, digestLength);
}

/** Opens a cursor. One that cannot be understood starts from the beginning: the store knows what it has. */
export function openCursor(cursor: Cursor | null): Progress {
  const parsed = parse(cursor);
  let digests = new Set(parsed);
  let written: Cursor | null = null;
  return {
    isFirstLook: parsed === null,
    has: (uid) => digests.size > 0 && digests.has(digest(uid)),
    add(uid) {
      digests.add(digest(uid));
      written = null;
    },
    keepOnly(uids) {
      if (digests.size === 0) return;
      const before = digests;
      digests = new Set(
        Iterator.from(uids)
          .map(digest)
          .filter((known) => before.has(known)),
      );
      written = null;
    },
    toCursor() {
      written ??= JSON.stringify({ settled: [...digests].join('') });
      return written;
    },
  };
}

function parse(cursor: Cursor | null): string[] | null {
  try {
    const { settled } = JSON.parse(cursor ?? 'null') as { settled?: unknown };
    if (typeof settled !== 'string') return null;
    return settled.match(new RegExp(`.{${digestLength}}`, 'g')) ?? [];
  } catch {
    return null;
  }
}
