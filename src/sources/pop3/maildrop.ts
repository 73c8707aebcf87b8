import { createLock } from '../../concurrency/mutex.ts';
import { sleep } from '../../concurrency/sleep.ts';
import type { Problem } from '../../model/problem.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Log } from '../../telemetry/log.ts';
import { stopped } from '../message-problems.ts';
import { Pop3Refusal } from './errors.ts';
import { blamesServer } from './explain.ts';
import type { Session } from './session.ts';
import type { FindStored } from './unread.ts';

export interface Turn {
  readonly session: Session;
  /** Lets the next one in; a second time does nothing. */
  leave(): void;
  /** The same in the midst of an answer, which ends the session. */
  breakOff(): void;
}

/** By their unique ids; what is not there any more, or shares its id with others, is in neither. */
export interface Deleted {
  removed: ReadonlySet<string>;
  /** Why the server refuses it for single messages. */
  refused: ReadonlyMap<string, Problem>;
}

const nothingDeleted: Deleted = { removed: new Set(), refused: new Map() };

/** Deletions that somebody waits for. */
interface Owed {
  uids: readonly string[];
  resolve(deleted: Deleted): void;
  reject(error: unknown): void;
}

export interface MaildropParts {
  server: MailServer;
  /** The session ends when the signal aborts. */
  open: (signal: AbortSignal) => Promise<Session>;
  findStored: FindStored;
  log: Log;
  /** Aborts when nothing is to be done any more. */
  closing: AbortSignal;
}

/**
 * A session in which somebody reads is ended for deletions when it has lasted so many times as long as it took to
 * open: signing in and listing 100,000 messages anew for each handful of deletions would cost more than the reading.
 */
const worthwhile = 20;
/** How long the end of a session waits for what was read in it to be stored. */
const durableWithinMs = 2_000;

/**
 * The one session that a maildrop has at a time (RFC 1939 4: it is locked meanwhile), shared by those who read and
 * those who delete. What is deleted is gone only when the session ends in good order (RFC 1939 6), so deletions
 * are gathered and done at its end.
 */
export class Maildrop {
  readonly #parts: MaildropParts;
  readonly #lock = createLock();
  #session: Session | null = null;
  #openedAt = 0;
  #loginDelayMs = 0;
  #owed: Owed[] = [];
  #isReading = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: MaildropParts) {
    this.#parts = parts;
  }

  /** What the server asks to wait between two sessions (RFC 2449 6.5, LOGIN-DELAY), as far as it has said. */
  get loginDelayMs(): number {
    return this.#loginDelayMs;
  }

  /**
   * The session, opened if need be, for the caller alone until it leaves; it ends then unless somebody reads on, and
   * at once when `signal` aborts. Throws a Problem.
   */
  async enter(signal: AbortSignal): Promise<Turn> {
    const unlock = await this.#lock();
    try {
      const session = this.#usable ?? (await this.#open(signal));
      const close = () => session.close();
      signal.addEventListener('abort', close, { once: true });
      let isIn = true;
      const leave = () => {
        if (!isIn) return;
        isIn = false;
        signal.removeEventListener('abort', close);
        unlock();
        if (!this.#isReading) this.#scheduleEnd(this.#patienceMs());
      };
      const breakOff = () => {
        if (isIn) close();
        leave();
      };
      return { session, leave, breakOff };
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Somebody reads one message after the other: deletions wait for a good moment. */
  beginReading(): void {
    this.#isReading = true;
    clearTimeout(this.#timer);
    if (this.#owed.length > 0) this.#scheduleEnd(this.#patienceMs());
  }

  /** Reading is over for now: what is owed is done, and the session ends after `lingerMs`, or with the next deletion. */
  endReading(lingerMs: number): void {
    this.#isReading = false;
    this.#scheduleEnd(this.#owed.length > 0 ? this.#patienceMs() : lingerMs);
  }

  /** Resolves when the messages are deleted for good, but for those refused; what is not there is passed over. Throws a Problem. */
  delete(uids: readonly string[]): Promise<Deleted> {
    return new Promise((resolve, reject) => {
      if (this.#parts.closing.aborted) return reject(stopped(this.#parts.server));
      this.#owed.push({ uids, resolve, reject });
      this.#scheduleEnd(this.#patienceMs());
    });
  }

  /** Resolves when no session is open any more and nothing is owed. */
  async ended(): Promise<void> {
    if (this.#session === null && this.#owed.length === 0) return;
    clearTimeout(this.#timer);
    await this.#end(await this.#lock());
  }

  /** Ends everything at once. */
  close(): void {
    clearTimeout(this.#timer);
    this.#session?.close();
    for (const { reject } of this.#owed.splice(0)) reject(stopped(this.#parts.server));
  }

  get #usable(): Session | null {
    return this.#session?.connection.usable ? this.#session : null;
  }

  async #open(signal: AbortSignal): Promise<Session> {
    this.#session?.close();
    this.#session = null;
    const session = await this.#parts.open(signal);
    this.#session = session;
    this.#openedAt = performance.now();
    const [seconds] = session.capabilities.get('LOGIN-DELAY') ?? [];
    this.#loginDelayMs = Math.min(Number(seconds) || 0, 3600) * 1000;
    return session;
  }

  #scheduleEnd(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#endInTime(), Math.max(0, milliseconds));
  }

  /** When what is owed may be done: at once, unless that would disturb more than it is worth. */
  #patienceMs(): number {
    const session = this.#usable;
    if (session && !this.#isReading) return 0;
    if (session) return session.openedAt + worthwhile * session.openingMs - performance.now();
    return this.#loginDelayMs === 0 ? 0 : this.#openedAt + this.#loginDelayMs - performance.now();
  }

  async #endInTime(): Promise<void> {
    const unlock = await this.#lock();
    // Whoever had the turn before may have begun a session that is worth more
    if (!this.#isReading || this.#patienceMs() <= 0) return this.#end(unlock);
    unlock();
    this.#scheduleEnd(this.#patienceMs());
  }

  async #end(unlock: () => void): Promise<void> {
    const due = this.#owed;
    this.#owed = [];
    try {
      const deleted = await this.#deleteAtEnd(due.flatMap(({ uids }) => uids));
      for (const { resolve } of due) resolve(deleted);
    } catch (error) {
      for (const { reject } of due) reject(error);
    } finally {
      this.#session?.close();
      this.#session = null;
      unlock();
    }
  }

  /** Deletes and ends the session; once more in a new one, where the old one turns out to have died in the meantime. */
  async #deleteAtEnd(uids: readonly string[]): Promise<Deleted> {
    const begun = this.#usable;
    if (begun && (await this.#mayEnd(begun, uids)))
      try {
        return await this.#deleteAndQuit(begun, uids);
      } catch (error) {
        if (uids.length === 0) return nothingDeleted;
        if (error instanceof Pop3Refusal) throw begun.explain(error, 'delete messages');
      }
    if (uids.length === 0) return nothingDeleted;
    const opened = await this.#open(this.#parts.closing);
    return this.#deleteAndQuit(opened, uids).catch((error) => {
      throw opened.explain(error, 'delete messages');
    });
  }

  /**
   * Servers that let nothing stay (EXPIRE 0 of RFC 2449 6.6; Gmail) show a message no more once a session in which
   * it was read has ended in good order: so none does before the message is safe here. It is broken off instead.
   */
  async #mayEnd({ retrieved }: Session, deleted: readonly string[]): Promise<boolean> {
    const { findStored, closing } = this.#parts;
    const safe = new Set(deleted);
    for (const until = performance.now() + durableWithinMs; !closing.aborted; await sleep(50, closing)) {
      const unsafe = [...retrieved].filter((uid) => !safe.has(uid));
      for (const uid of await findStored(unsafe)) safe.add(uid);
      if (unsafe.every((uid) => safe.has(uid))) return true;
      if (performance.now() > until) return false;
    }
    return false;
  }

  /** One that cannot be deleted keeps no other. */
  async #deleteAndQuit(session: Session, uids: readonly string[]): Promise<Deleted> {
    const { connection, listing } = session;
    const removed = new Set<string>();
    const refused = new Map<string, Problem>();
    for (const uid of new Set(uids)) {
      const number = listing.numbers.get(uid);
      if (number === undefined) continue;
      if (listing.isShared(uid)) {
        this.#parts.log.info({ uid }, 'Left on the server: other messages have the same unique id');
        continue;
      }
      try {
        await connection.command(`DELE ${number}`);
        removed.add(uid);
      } catch (error) {
        if (!(error instanceof Pop3Refusal) || blamesServer(error)) throw error;
        refused.set(uid, session.explain(error, 'delete a message'));
      }
    }
    await session.quit();
    return { removed, refused };
  }
}
