import { inPortions } from '../../concurrency/batches.ts';
import { sleep } from '../../concurrency/sleep.ts';
import { isBeforeStart } from '../../model/mail-server.ts';
import type { Problem } from '../../model/problem.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Entry, Fetched, NamedFolder, Outcome, Portion, Reading } from '../protocol.ts';
import type { Cursor } from '../source.ts';
import { openCursor, type Progress } from './cursor.ts';
import { fetchMessages, passOver, readHeader, retrieve } from './fetch.ts';
import { listSizes } from './listing.ts';
import type { Maildrop } from './maildrop.ts';
import { rowsUnreadable } from './problems.ts';
import { receivedAt, sentAt } from './received.ts';
import type { Session } from './session.ts';
import { createUnread, type FindStored, type Memory, positionOf, type Unread } from './unread.ts';

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
/** So many of the newest are looked at where one could not be read. */
const newest = 50;

/**
 * Reads a maildrop, a session for each look: POP3 cannot tell of new mail, and a session sees only what lay there when
 * it began.
 */
export class Pop3Reading implements Reading<NamedFolder> {
  readonly #parts: ReadingParts;
  readonly #options: { watch: boolean; signal: AbortSignal };
  readonly #progress: Progress;
  readonly #unread: Unread;
  #unreadableRows = 0;
  /** Something was read in this look. */
  #hasRead = false;

  constructor(parts: ReadingParts, cursor: Cursor | null, options: { watch: boolean; signal: AbortSignal }) {
    this.#parts = parts;
    this.#options = options;
    this.#progress = openCursor(cursor);
    this.#unread = createUnread({ ...parts, progress: this.#progress });
  }

  async folders(): Promise<{ folders: NamedFolder[]; missing: null }> {
    const { maildrop } = this.#parts;
    await maildrop.ended();
    maildrop.beginReading();
    this.#hasRead = false;
    return { folders: [inbox], missing: null };
  }

  async *list(): AsyncGenerator<Portion> {
    const { uids, sizeOf } = await this.#findUnread();
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

  async *present(_: NamedFolder, which: 'newest' | 'all' | 'any'): AsyncGenerator<Entry[]> {
    const { session, leave } = await this.#parts.maildrop.enter(this.#options.signal);
    try {
      const { listing, connection } = session;
      const listed = this.#unread.present(listing);
      const all = which === 'all';
      const uids = all ? listed : listed.slice(-newest);
      const sizes = all && uids.length > 0 ? await listSizes(connection) : new Map<number, number>();
      leave();
      for (const portion of inPortions(uids.toReversed(), portionSize))
        yield portion.map((uid) => ({
          position: positionOf(uid),
          size: sizes.get(listing.numbers.get(uid) ?? 0) ?? null,
          receivedAt: null,
        }));
    } catch (error) {
      throw session.explain(error, 'list the messages');
    } finally {
      leave();
    }
  }

  /** Rows that are none stop no other, and are told. */
  breach(): Problem | null {
    return this.#unreadableRows === 0 ? null : rowsUnreadable(this.#parts.server, this.#unreadableRows);
  }

  fetch(entries: readonly Entry[]): AsyncGenerator<Fetched> {
    const { maildrop, server } = this.#parts;
    return fetchMessages(maildrop, server, entries, this.#options.signal);
  }

  advance({ position }: Entry, outcome: Outcome): void {
    this.#hasRead ||= outcome === 'taken' || outcome === 'unreadable';
    this.#unread.advance(position.uid, outcome);
  }

  cursor(): Cursor {
    return this.#progress.toCursor();
  }

  endLook(): void {
    this.#parts.maildrop.endReading(this.#options.watch && this.#hasRead ? lingerMs : 0);
  }

  async wait(milliseconds: number): Promise<null> {
    await sleep(Math.max(milliseconds, this.#parts.maildrop.loginDelayMs), this.#options.signal);
    return null;
  }

  async end(): Promise<void> {
    if (!this.#options.signal.aborted) await this.#parts.maildrop.ended();
  }

  async #findUnread(): Promise<{ uids: string[]; sizeOf: (uid: string) => number }> {
    const { maildrop, server } = this.#parts;
    const { session, leave } = await maildrop.enter(this.#options.signal);
    try {
      const { listing, connection } = session;
      this.#unreadableRows = listing.unreadableRows;
      const uids = await this.#unread.find(listing, (uid) => isOld(session, uid));
      if (letsNothingStay(session, server)) await showAsRead(session, this.#unread.listedAgain());
      const sizes = uids.length === 0 ? new Map<number, number>() : await listSizes(connection);
      return { uids, sizeOf: (uid) => sizes.get(listing.numbers.get(uid) ?? 0) ?? 0 };
    } catch (error) {
      throw session.explain(error, 'list the messages');
    } finally {
      leave();
    }
  }
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
    if (answer.kind === 'given') await passOver(answer);
  }
}

/** Whether a message is from before the start, by its header; what cannot be told counts as old. */
async function isOld(session: Session, uid: string): Promise<boolean> {
  const header = await readHeader(session, uid);
  const since = header && (receivedAt(header) ?? sentAt(header));
  return since === null || isBeforeStart(session.server, since);
}
