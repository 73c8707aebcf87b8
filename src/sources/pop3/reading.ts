import { inPortions } from '../../concurrency/batches.ts';
import { sleep } from '../../concurrency/sleep.ts';
import type { MailServer } from '../../model/mail-server.ts';
import type { NamedFolder, Portion, Reading } from '../protocol.ts';
import type { Cursor } from '../source.ts';
import { openCursor } from './cursor.ts';
import { explain } from './explain.ts';
import { fetchMessages, retrieve } from './fetch.ts';
import { listSizes } from './listing.ts';
import type { Maildrop } from './maildrop.ts';
import type { Session } from './session.ts';
import { createUnread, type FindStored, type Memory, positionOf } from './unread.ts';

export interface ReadingParts {
  server: MailServer;
  maildrop: Maildrop;
  findStored: FindStored;
  memory: Memory;
}

/** INBOX is the only folder that POP3 shows. */
const inbox: NamedFolder = { name: 'INBOX' };
/** A session stays open so long after reading: what is stored meanwhile and to be deleted at once is deleted in it. */
const lingerMs = 2_000;
const portionSize = 500;

/**
 * Reads a maildrop, a session for each look: POP3 cannot tell of new mail, and a session sees only what lay there when
 * it began.
 */
export function createReading(
  { server, maildrop, findStored, memory }: ReadingParts,
  cursor: Cursor | null,
  { watch, signal }: { watch: boolean; signal: AbortSignal },
): Reading<NamedFolder> {
  const progress = openCursor(cursor);
  const unread = createUnread({ server, progress, findStored, memory });
  let hasRead = false;

  async function findUnread(): Promise<{ uids: string[]; sizeOf: (uid: string) => number }> {
    const { session, leave } = await maildrop.enter(signal);
    try {
      const { listing, connection } = session;
      const uids = await unread.find(listing);
      if (letsNothingStay(session, server)) await showAsRead(session, unread.listedAgain());
      const sizes = uids.length === 0 ? new Map<number, number>() : await listSizes(connection);
      return { uids, sizeOf: (uid) => sizes.get(listing.numbers.get(uid) ?? 0) ?? 0 };
    } catch (error) {
      throw session.explain(error, 'list the messages');
    } finally {
      leave();
    }
  }

  async function* list(): AsyncGenerator<Portion> {
    const { uids, sizeOf } = await findUnread();
    let behind = uids.length;
    for (const portion of inPortions(uids, portionSize)) {
      behind -= portion.length;
      const entries = portion.map((uid) => ({
        position: positionOf(uid),
        size: sizeOf(uid),
        receivedAt: null,
      }));
      yield { entries, behind };
    }
  }

  return {
    async folders() {
      await maildrop.ended();
      maildrop.beginReading();
      hasRead = false;
      return { folders: [inbox], missing: null };
    },
    list,
    fetch: (entries) => fetchMessages(maildrop, server, entries, signal),
    advance({ position }, outcome) {
      hasRead ||= outcome === 'taken' || outcome === 'unreadable';
      unread.advance(position.uid, outcome);
    },
    cursor: progress.toCursor,
    endLook: () => maildrop.endReading(watch && hasRead ? lingerMs : 0),
    async wait(milliseconds) {
      await sleep(Math.max(milliseconds, maildrop.loginDelayMs), signal);
      return null;
    },
    explain: (error, command = 'do this') => explain(error, server, { command }),
    async end() {
      if (!signal.aborted) await maildrop.ended();
    },
  };
}

/**
 * Whether the server lets nothing stay once it was read (EXPIRE 0, RFC 2449 6.6). Gmail says so and then shows its
 * oldest 250 conversations that were not read yet; but with the sign-in name `recent:…` the last 30 days, read or not.
 */
function letsNothingStay({ capabilities }: Session, server: MailServer): boolean {
  return capabilities.get('EXPIRE')?.[0] === '0' && !server.username?.startsWith('recent:');
}

/**
 * Reads messages that are stored here once more, to nobody: after a session that broke such a server goes on to
 * show them, and at Gmail 250 of them would hide all that came later.
 */
async function showAsRead(session: Session, uids: Iterable<string>): Promise<void> {
  for (const uid of uids) {
    const answer = await retrieve(session, uid, 0);
    if (answer.kind === 'given') for await (const _ of answer.rest ?? []);
  }
}
