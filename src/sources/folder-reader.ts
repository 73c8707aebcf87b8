import { type Instant, isBeforeStart } from '../model/mail-server.ts';
import { type Position, positionKey } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import { isOfMessage, mayBeOfMessage, mostUncompared, speaksAgainstServer } from './blame.ts';
import { canReadAnother, type ReaderParts } from './comparison.ts';
import { unlistedOr } from './folder-unlisted.ts';
import { bytesOf, type Limits, whyUnreadable } from './message-bytes.ts';
import { messageEvent } from './message-event.ts';
import { givenUp, stopped } from './message-problems.ts';
import type { Answer, Entry, Fetched, NamedFolder, Portion } from './protocol.ts';
import type { SourceEvent } from './source.ts';

export type MessageOrUnreadable = Extract<SourceEvent, { kind: 'message' | 'unreadable' }>;

type Refused = Extract<Answer, { kind: 'refused' }> & { entry: Entry };

/** More than whoever stores them holds back, and for longer. */
const mostYielded = 1_000;
const heldBackMs = 30_000;

/** Reads messages of folders in one reading of a mailbox, and finds out whose fault it is where one cannot be read (see `blame.ts`). */
export class FolderReader<Folder extends NamedFolder> {
  readonly #parts: ReaderParts<Folder>;
  /** The message whose bytes may be read now. */
  #current: Entry | null = null;
  /** Why the reading ends at a message, which is noted already. */
  #failure: Problem | null = null;
  /** Refused one after the other, and not yet compared with others. */
  #refused: Refused[] = [];
  /** Others could be read in this reading. */
  #readsOthers = false;
  /** Yielded last, and perhaps not stored yet. */
  readonly #yielded = new Map<string, number>();

  constructor(parts: ReaderParts<Folder>) {
    this.#parts = parts;
  }

  /**
   * Yields what came into a folder since the place reached in it. Throws {@link FolderUnlisted}, and a Problem when
   * the server is out of reach, or to blame, or a large message could not be read to its end: it is read again.
   */
  async *read(folder: Folder): AsyncGenerator<MessageOrUnreadable> {
    for await (const { entries, behind } of this.#list(folder)) {
      // A comparison may have found it before, and it is not stored yet
      const fresh = entries.filter(({ position }) => !this.hasYielded(position));
      yield* this.readThese(folder, fresh, behind);
    }
  }

  /** These messages of the folder that was listed last; those at which a reading stopped come last. */
  async *readThese(
    folder: Folder,
    entries: readonly Entry[],
    behind: number,
  ): AsyncGenerator<MessageOrUnreadable> {
    const { suspects } = this.#parts;
    let remaining = entries.length + behind;
    for (const run of this.#runsOf(entries.filter(({ position }) => !suspects.has(position)))) {
      remaining -= run.length;
      yield* this.#readRun(folder, run, remaining);
    }
    if (this.#refused.length > 0) yield* this.#decide(folder);
    for (const entry of entries.filter(({ position }) => suspects.has(position)))
      yield* this.#readSuspect(folder, entry, --remaining);
  }

  /** Whether a message was yielded a moment ago. */
  hasYielded(position: Position): boolean {
    const yieldedAt = this.#yielded.get(positionKey(position));
    return yieldedAt !== undefined && performance.now() - yieldedAt < heldBackMs;
  }

  #noteYielded(position: Position): void {
    const key = positionKey(position);
    this.#yielded.delete(key);
    this.#yielded.set(key, performance.now());
    const [oldest] = this.#yielded.keys();
    if (this.#yielded.size > mostYielded && oldest !== undefined) this.#yielded.delete(oldest);
  }

  async *#list(folder: Folder): AsyncGenerator<Portion> {
    try {
      yield* this.#parts.reading.list(folder);
    } catch (error) {
      throw unlistedOr(this.#parts.explain(error, 'list the folder', folder.name));
    }
  }

  /** Messages that are asked for together; what need not be asked for at all stands alone. */
  *#runsOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
    let run: Entry[] = [];
    for (const entry of entries) {
      if (!this.#isTooLarge(entry)) {
        run.push(entry);
        continue;
      }
      if (run.length > 0) yield run;
      run = [];
      yield [entry];
    }
    if (run.length > 0) yield run;
  }

  async *#readRun(
    folder: Folder,
    run: readonly Entry[],
    behind: number,
  ): AsyncGenerator<MessageOrUnreadable> {
    const [first] = run;
    if (first && run.length === 1 && this.#isTooLarge(first)) return yield this.#tooLarge(first);
    for (const waiting = new Set(run); waiting.size > 0; ) {
      yield* this.#readSome(folder, waiting, behind);
      if (this.#refused.length >= mostUncompared) yield* this.#decide(folder);
    }
  }

  /** Takes those out of `waiting` whose turn has come; ends early when too many were refused one after the other. */
  async *#readSome(folder: Folder, waiting: Set<Entry>, behind: number): AsyncGenerator<MessageOrUnreadable> {
    const { reading, explain, signal, suspects } = this.#parts;
    try {
      for await (const fetched of reading.fetch([...waiting])) {
        signal.throwIfAborted();
        waiting.delete(fetched.entry);
        if (fetched.kind === 'refused') this.#note(fetched);
        if (this.#refused.length >= mostUncompared) return;
        const event = fetched.kind === 'refused' ? null : this.#eventOf(fetched, behind + waiting.size);
        if (!event) continue;
        this.#current = fetched.entry;
        this.#noteYielded(event.position);
        yield event;
        this.#current = null;
        // Whoever goes on after this would store a cursor that covers what was not read
        if (this.#failure) throw this.#failure;
        if (event.kind === 'message') yield* this.#wasRead(fetched.entry);
      }
      waiting.clear();
    } catch (error) {
      const problem = explain(error, 'give messages', folder.name);
      const [first] = waiting;
      if (first && error !== this.#failure && !signal.aborted) suspects.stoppedAt(first.position, problem);
      throw problem;
    }
  }

  /** Throws where it speaks against the server: others are then read first at the next reading. */
  #note(refused: Refused): void {
    const { problem, entry } = refused;
    if (!mayBeOfMessage(problem)) throw problem;
    if (speaksAgainstServer(problem)) {
      this.#parts.suspects.stoppedAt(entry.position, problem);
      this.#failure = problem;
      throw problem;
    }
    this.#refused.push(refused);
  }

  /** Another one could be read: so those refused before it are to blame themselves. */
  *#wasRead({ position }: Entry): Generator<MessageOrUnreadable> {
    this.#readsOthers = true;
    this.#parts.suspects.clear(position);
    yield* this.#blameRefused();
  }

  *#blameRefused(): Generator<MessageOrUnreadable> {
    for (const answer of this.#refused.splice(0)) {
      const { entry, receivedAt } = answer;
      const problem = whyUnreadable(answer, entry.position, this.#parts.limits);
      if (problem) yield this.#unreadable(entry, receivedAt ?? entry.receivedAt, problem);
    }
  }

  /** Compares the refused ones with others. Throws why they were refused, where those cannot be read either. */
  async *#decide(folder: Folder): AsyncGenerator<MessageOrUnreadable> {
    const refused = this.#refused.map(({ entry }) => entry);
    try {
      const compared = await this.#readAnother(folder, refused);
      const [first] = this.#refused;
      if (!compared && first && !isOfMessage(first.problem)) throw first.problem;
    } catch (error) {
      for (const { entry, problem } of this.#refused.splice(0))
        this.#parts.suspects.stoppedAt(entry.position, problem);
      throw error;
    }
    yield* this.#blameRefused();
  }

  /** One at which a reading stopped, now that others were read. */
  async *#readSuspect(folder: Folder, entry: Entry, behind: number): AsyncGenerator<MessageOrUnreadable> {
    const { suspects, limits } = this.#parts;
    const { position, receivedAt } = entry;
    const compared = this.#readsOthers || (await this.#readAnother(folder, [entry]));
    const suspect = suspects.givenUp(position, compared);
    if (!suspect) return yield* this.#readRun(folder, [entry], behind);
    yield this.#unreadable(
      entry,
      receivedAt,
      givenUp(limits.server, position, suspect.stops, suspect.problem),
    );
  }

  async #readAnother(folder: Folder, except: readonly Entry[]): Promise<boolean> {
    const isRead = await canReadAnother(this.#parts, folder, except);
    this.#readsOthers ||= isRead;
    return isRead;
  }

  #isTooLarge({ size }: Entry): boolean {
    return size !== null && size > this.#parts.limits.maxMessageBytes;
  }

  /** Announced as too large, and so not asked for at all. */
  #tooLarge(entry: Entry): MessageOrUnreadable {
    const { position, receivedAt, size } = entry;
    const answer = { kind: 'too-large' as const, receivedAt, size: size ?? 0 };
    return this.#unreadable(
      entry,
      receivedAt,
      whyUnreadable(answer, position, this.#parts.limits) as Problem,
    );
  }

  /** What is told of a message; null where it is gone, or from before the start. */
  #eventOf(fetched: Fetched, remaining: number): MessageOrUnreadable | null {
    const { reading, limits, suspects } = this.#parts;
    const { entry, kind } = fetched;
    const { position } = entry;
    if (kind === 'given' && !isTooOld(limits, fetched.receivedAt)) {
      reading.advance?.(entry, 'taken');
      const raw = bytesOf(fetched, position, limits, {
        isWanted: () => this.#current === entry,
        explain: (error) => this.#brokenOff(entry, error),
      });
      return messageEvent(fetched, entry, { raw, cursor: reading.cursor(), remaining });
    }
    const problem = whyUnreadable(fetched, position, limits);
    if (problem && 'receivedAt' in fetched)
      return this.#unreadable(entry, fetched.receivedAt ?? entry.receivedAt, problem);
    suspects.clear(position);
    reading.advance?.(entry, kind === 'gone' ? 'gone' : 'too-old');
    return null;
  }

  #unreadable(entry: Entry, receivedAt: Instant | null, problem: Problem): MessageOrUnreadable {
    const { reading, suspects } = this.#parts;
    suspects.clear(entry.position);
    this.#noteYielded(entry.position);
    reading.advance?.(entry, 'unreadable');
    return { kind: 'unreadable', position: entry.position, receivedAt, problem, cursor: reading.cursor() };
  }

  /** What to say of a message that broke off. */
  #brokenOff(entry: Entry, error: unknown): Problem {
    const { signal, limits, explain, suspects } = this.#parts;
    const problem = signal.aborted ? stopped(limits.server) : explain(error, 'give a message');
    if (!signal.aborted) suspects.stoppedAt(entry.position, problem);
    // Reading on does help, even if this message stays behind
    this.#failure = problem.retriable();
    return this.#failure;
  }
}

function isTooOld({ server }: Limits, receivedAt: Instant | null): boolean {
  return receivedAt !== null && isBeforeStart(server, receivedAt);
}
