import type { Position } from '../../model/message.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Outcome } from '../protocol.ts';
import type { SourceParts } from '../source.ts';
import type { Progress } from './cursor.ts';
import type { Listing } from './listing.ts';

/** INBOX is the only folder that POP3 shows; unique ids never change their meaning (RFC 1939 7). */
const place = { folder: 'INBOX', validity: '' };

export function positionOf(uid: string): Position {
  return { ...place, uid };
}

/** Which of the messages with these unique ids are stored here. */
export type FindStored = (uids: string[]) => Promise<Set<string>>;

export function askStore(known: SourceParts['known']): FindStored {
  return async (uids) => new Set(known ? (await known(place, uids)).keys() : []);
}

/** Tells what is to be read at each look. */
export interface Unread {
  /** Unique ids in the server's order. `isOld`: whether a message is from before the start, as far as can be told. */
  find(listing: Listing, isOld: (uid: string) => Promise<boolean>): Promise<string[]>;
  /** All that is listed but for what is not to be read. */
  present(listing: Listing): string[];
  /** The message's turn has come: whoever takes it will not lose it, or ends the reading. */
  advance(uid: string, outcome: Outcome): void;
  /** Those that were listed at the last look and are stored here; each is told once as long as the source lives. */
  listedAgain(): string[];
}

/** What a source remembers of unique ids over all its readings, which may break off. */
export interface Memory {
  /** From before the start. */
  tooOld: Set<string>;
  toldAgain: Set<string>;
}

/** So many messages in a row from before the start, and those before them are so too. */
const mostOld = 20;

/**
 * For one reading: what neither the store nor `progress` knows. At the first look of a mailbox that starts *now* the
 * age of the newest is asked for until some in a row are from before the start; all before them is left alone, as
 * asking for the age of each would take a question each.
 */
export function createUnread({
  server,
  progress,
  findStored,
  memory: { tooOld, toldAgain },
}: {
  server: MailServer;
  progress: Progress;
  findStored: FindStored;
  memory: Memory;
}): Unread {
  let read = new Set<string>();
  let isFirstLook = progress.isFirstLook;
  const startsNow = isFromNow(server);

  return {
    async find({ numbers }, isOld) {
      progress.keepOnly(numbers.keys());
      read = new Set(numbers.keys().filter((uid) => read.has(uid)));
      const asked = [...numbers.keys().filter((uid) => !read.has(uid) && !progress.has(uid))];
      const stored = await findStored(asked);
      for (const uid of stored) read.add(uid);
      const wanted = asked.filter((uid) => !stored.has(uid));
      const young = isFirstLook && startsNow ? await findYoung(wanted, isOld) : null;
      isFirstLook = false;
      return wanted.filter((uid) => {
        if (young ? young.has(uid) : !tooOld.has(uid)) return true;
        progress.add(uid);
        return false;
      });
    },
    present: ({ numbers }) => [...numbers.keys().filter((uid) => !progress.has(uid))],
    advance(uid, outcome) {
      if (outcome === 'taken') read.add(uid);
      if (outcome === 'too-old') tooOld.add(uid);
      if (outcome === 'too-old' || outcome === 'unreadable') progress.add(uid);
    },
    listedAgain() {
      const again = [...read].filter((uid) => !toldAgain.has(uid));
      for (const uid of again) toldAgain.add(uid);
      return again;
    },
  };
}

/** Those since the start, among unique ids in the server's order: new mail comes last. */
async function findYoung(uids: string[], isOld: (uid: string) => Promise<boolean>): Promise<Set<string>> {
  const young = new Set<string>();
  let old = 0;
  for (const uid of uids.toReversed()) {
    if (old === mostOld) break;
    if (await isOld(uid)) old++;
    else {
      young.add(uid);
      old = 0;
    }
  }
  return young;
}

/** "Now" is the second in which the server was made, or a later one. */
function isFromNow({ startFrom, createdAt }: MailServer): boolean {
  return startFrom !== null && Date.parse(startFrom) > Date.parse(createdAt) - 1000;
}
