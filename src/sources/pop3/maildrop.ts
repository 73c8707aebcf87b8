import { setTimeout as pause } from 'node:timers/promises';
import type { MailServer } from '../../resources/incoming-server.ts';

import type { Log } from '../../telemetry/log.ts';
import { stopped } from '../message-problems.ts';
import { Pop3Refusal } from './errors.ts';
import type { Session } from './session.ts';
import type { FindStored } from './unread.ts';

/**
 * The one session that a maildrop has at a time (RFC 1939 4: it is locked meanwhile), shared by those who read and
 * those who delete. What is deleted is gone only when the session ends in good order (RFC 1939 6), so deletions
 * are gathered and done at its end.
 */
export interface Maildrop {
  /** The session, opened if need be, for the caller alone until it leaves; it ends then unless somebody reads on. Throws a Problem. */
  enter(signal?: AbortSignal): Promise<Turn>;
  /** Somebody reads one message after the other: deletions wait for a good moment. */
  beginReading(): void;
  /** Reading is over for now: what is owed is done, and the session ends after `lingerMs`, or with the next deletion. */
  endReading(lingerMs: number): void;
  /** Resolves when the messages are deleted for good; those that are not there are passed over. Throws a Problem. */
  delete(uids: readonly string[]): Promise<void>;
  /** Resolves when no session is open any more and nothing is owed. */
  ended(): Promise<void>;
  /** What the server asks to wait between two sessions (RFC 2449 6.5, LOGIN-DELAY), as far as it has said. */
  readonly loginDelayMs: number;
  /** Ends everything at once. */
  close(): void;
}

export interface Turn {
  readonly session: Session;
  /** Lets the next one in; a second time does nothing. */
  leave(): void;
}

interface Owed {
  uids: readonly string[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A session in which somebody reads is ended for deletions when it has lasted so many times as long as it took to
 * open: signing in and listing 100,000 messages anew for each handful of deletions would cost more than the reading.
 */
const worthwhile = 20;
/** How long the end of a session waits for what was read in it to be stored. */
const durableWithinMs = 2_000;

export function createMaildrop({
  server,
  open,
  findStored,
  log,
  closing,
}: {
  server: MailServer;
  open: (signal: AbortSignal) => Promise<Session>;
  findStored: FindStored;
  log: Log;
  closing: AbortSignal;
}): Maildrop {
  let session: Session | null = null;
  let turn: Promise<void> = Promise.resolve();
  let owed: Owed[] = [];
  let isReading = false;
  let timer: NodeJS.Timeout | undefined;
  let enteredAt = 0;
  let loginDelayMs = 0;

  async function takeTurn(): Promise<() => void> {
    const before = turn;
    const mine = Promise.withResolvers<void>();
    turn = mine.promise;
    await before;
    return mine.resolve;
  }

  async function openNew(signal: AbortSignal): Promise<Session> {
    session?.close();
    session = null;
    session = await open(signal);
    enteredAt = Date.now();
    const [seconds] = session.capabilities.get('LOGIN-DELAY') ?? [];
    loginDelayMs = Math.min(Number(seconds) || 0, 3600) * 1000;
    return session;
  }

  function schedule(waitMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void endInTime(), Math.max(0, waitMs));
  }

  /** When what is owed may be done: at once, unless that would disturb more than it is worth. */
  function patience(): number {
    if (session?.connection.usable)
      return isReading ? session.openedAt + worthwhile * session.openingMs - Date.now() : 0;
    return loginDelayMs === 0 ? 0 : enteredAt + loginDelayMs - Date.now();
  }

  async function endInTime(): Promise<void> {
    const leave = await takeTurn();
    // Whoever had the turn before may have begun a session that is worth more
    if (!isReading || patience() <= 0) return endSession(leave);
    leave();
    schedule(patience());
  }

  async function endSession(leave: () => void): Promise<void> {
    const due = owed;
    owed = [];
    try {
      await settle(due.flatMap(({ uids }) => uids));
      for (const { resolve } of due) resolve();
    } catch (error) {
      for (const { reject } of due) reject(error);
    } finally {
      session?.close();
      session = null;
      leave();
    }
  }

  /** Deletes and ends the session; once more in a new one, where the old one turns out to have died in the meantime. */
  async function settle(uids: readonly string[]): Promise<void> {
    const begun = session?.connection.usable ? session : null;
    if (begun && (await mayEnd(begun, uids))) {
      try {
        return await deleteAndQuit(begun, uids);
      } catch (error) {
        if (uids.length === 0) return;
        if (error instanceof Pop3Refusal) throw begun.explain(error, 'delete messages');
      }
    }
    if (uids.length === 0) return;
    const opened = await openNew(closing);
    await deleteAndQuit(opened, uids).catch((error) => {
      throw opened.explain(error, 'delete messages');
    });
  }

  /**
   * Servers that let nothing stay (EXPIRE 0 of RFC 2449 6.6; Gmail) show a message no more once a session in which
   * it was read has ended in good order: so none does before the message is safe here. It is broken off instead.
   */
  async function mayEnd({ retrieved }: Session, deleted: readonly string[]): Promise<boolean> {
    const safe = new Set(deleted);
    for (const until = Date.now() + durableWithinMs; !closing.aborted; await pause(50)) {
      const unsafe = [...retrieved].filter((uid) => !safe.has(uid));
      for (const uid of await findStored(unsafe)) safe.add(uid);
      if (unsafe.every((uid) => safe.has(uid))) return true;
      if (Date.now() > until) return false;
    }
    return false;
  }

  async function deleteAndQuit(
    { connection, listing, quit }: Session,
    uids: readonly string[],
  ): Promise<void> {
    let refusal: Pop3Refusal | null = null;
    for (const uid of new Set(uids)) {
      const number = listing.numbers.get(uid);
      if (number === undefined) continue;
      if (listing.isShared(uid)) {
        log.info({ uid }, 'Left on the server: other messages have the same unique id');
        continue;
      }
      try {
        await connection.command(`DELE ${number}`);
      } catch (error) {
        // One that cannot be deleted keeps no other
        if (!(error instanceof Pop3Refusal)) throw error;
        refusal ??= error;
      }
    }
    await quit();
    if (refusal) throw refusal;
  }

  return {
    async enter(signal = closing) {
      const leave = await takeTurn();
      try {
        const usable = session?.connection.usable ? session : await openNew(signal);
        const abort = () => usable.close();
        signal.addEventListener('abort', abort, { once: true });
        let isIn = true;
        return {
          session: usable,
          leave() {
            if (!isIn) return;
            isIn = false;
            signal.removeEventListener('abort', abort);
            leave();
            if (!isReading) schedule(patience());
          },
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
    beginReading() {
      isReading = true;
      clearTimeout(timer);
      if (owed.length > 0) schedule(patience());
    },
    endReading(lingerMs) {
      isReading = false;
      schedule(owed.length > 0 ? patience() : lingerMs);
    },
    delete(uids) {
      return new Promise((resolve, reject) => {
        if (closing.aborted) return reject(stopped(server));
        owed.push({ uids, resolve, reject });
        schedule(patience());
      });
    },
    async ended() {
      if (session === null && owed.length === 0) return;
      clearTimeout(timer);
      await endSession(await takeTurn());
    },
    get loginDelayMs() {
      return loginDelayMs;
    },
    close() {
      clearTimeout(timer);
      session?.close();
      for (const { reject } of owed.splice(0)) reject(stopped(server));
    },
  };
}
