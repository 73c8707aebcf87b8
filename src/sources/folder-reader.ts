import { type Instant, isBeforeStart } from '../model/mail-server.ts';
import type { Problem } from '../model/problem.ts';
import type { Blame } from './blame.ts';
import { bytesOf, type Limits, whyUnreadable } from './message-bytes.ts';
import { stopped } from './message-problems.ts';
import type { Entry, Explain, Fetched, NamedFolder, Portion, Reading } from './protocol.ts';
import type { SourceEvent } from './source.ts';

type MessageOrUnreadable = Exclude<SourceEvent, { kind: 'caught-up' }>;

/** A reading could not list a folder; others may be read all the same. */
export class FolderUnlisted extends Error {
  override readonly name = 'FolderUnlisted';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super('A folder could not be listed', { cause: problem });
    this.problem = problem;
  }
}

/** Reads folders in one reading of a mailbox, message by message. */
export class FolderReader<Folder extends NamedFolder> {
  readonly #reading: Reading<Folder>;
  readonly #explain: Explain;
  readonly #limits: Limits;
  readonly #blame: Blame;
  readonly #signal: AbortSignal;
  /** The message whose bytes may be read now. */
  #current: Entry | null = null;
  /** Why its bytes broke off. */
  #failure: Problem | null = null;

  constructor(reading: Reading<Folder>, explain: Explain, limits: Limits, blame: Blame, signal: AbortSignal) {
    this.#reading = reading;
    this.#explain = explain;
    this.#limits = limits;
    this.#blame = blame;
    this.#signal = signal;
  }

  /**
   * Yields what came into a folder since the place reached in it. Throws {@link FolderUnlisted}, and a Problem when
   * the server is out of reach or a large message could not be read to its end: it is read again from there.
   */
  async *read(folder: Folder): AsyncGenerator<MessageOrUnreadable> {
    for await (const { entries, behind } of this.#list(folder)) {
      let remaining = entries.length + behind;
      for (const run of this.#runsOf(entries)) {
        remaining -= run.length;
        yield* this.#readRun(folder, run, remaining);
      }
    }
  }

  async *#list(folder: Folder): AsyncGenerator<Portion> {
    try {
      yield* this.#reading.list(folder);
    } catch (error) {
      const problem = this.#explain(error, 'list the folder', folder.name);
      throw problem.kind === 'folder' ? new FolderUnlisted(problem) : problem;
    }
  }

  /** Messages that are asked for together: what is suspect, or need not be asked for at all, stands alone. */
  *#runsOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
    let run: Entry[] = [];
    for (const entry of entries) {
      const isAlone = this.#blame.isSuspect(entry.position) || this.#isTooLarge(entry);
      if (isAlone && run.length > 0) {
        yield run;
        run = [];
      }
      if (isAlone) yield [entry];
      else run.push(entry);
    }
    if (run.length > 0) yield run;
  }

  async *#readRun(
    folder: Folder,
    run: readonly Entry[],
    behind: number,
  ): AsyncGenerator<MessageOrUnreadable> {
    const hopeless = this.#unreadableUnasked(run);
    if (hopeless) return yield hopeless;
    const waiting = new Set(run);
    try {
      for await (const fetched of this.#reading.fetch(run)) {
        this.#signal.throwIfAborted();
        waiting.delete(fetched.entry);
        const event = this.#eventOf(fetched, behind + waiting.size);
        if (!event) continue;
        this.#current = fetched.entry;
        yield event;
        this.#current = null;
        // Whoever goes on after this would store a cursor that covers what was not read
        if (this.#failure) throw this.#failure;
      }
    } catch (error) {
      const problem = this.#explain(error, 'give messages', folder.name);
      const [first] = waiting;
      if (first && problem !== this.#failure) this.#stoppedAt(first, problem);
      throw problem;
    }
  }

  /** A message that is not asked for at all: given up, or announced as too large. */
  #unreadableUnasked([entry, ...others]: readonly Entry[]): MessageOrUnreadable | null {
    if (!entry || others.length > 0) return null;
    const { position, receivedAt, size } = entry;
    const tooLarge = { kind: 'too-large' as const, receivedAt, size: size ?? 0 };
    const problem =
      this.#blame.givenUp(position) ??
      (this.#isTooLarge(entry) ? whyUnreadable(tooLarge, position, this.#limits) : null);
    return problem && this.#unreadable(entry, receivedAt, problem);
  }

  #isTooLarge({ size }: Entry): boolean {
    return size !== null && size > this.#limits.maxMessageBytes;
  }

  /** What is told of a message; null where it is gone, or from before the start. */
  #eventOf(fetched: Fetched, remaining: number): MessageOrUnreadable | null {
    const { entry, kind } = fetched;
    const { position } = entry;
    if (kind === 'given' && !isBeforeStart(this.#limits.server, fetched.receivedAt)) {
      this.#reading.advance?.(entry, 'taken');
      const { receivedAt, size } = fetched;
      const raw = bytesOf(fetched, position, this.#limits, {
        isWanted: () => this.#current === entry,
        explain: (error) => this.#brokenOff(entry, error),
      });
      const cursor = this.#reading.cursor();
      return { kind: 'message', position, receivedAt, size, raw, cursor, remaining };
    }
    const problem = whyUnreadable(fetched, position, this.#limits);
    if (problem && 'receivedAt' in fetched)
      return this.#unreadable(entry, fetched.receivedAt ?? entry.receivedAt, problem);
    this.#reading.advance?.(entry, kind === 'gone' ? 'gone' : 'too-old');
    return null;
  }

  #unreadable(entry: Entry, receivedAt: Instant | null, problem: Problem): MessageOrUnreadable {
    this.#reading.advance?.(entry, 'unreadable');
    const { position } = entry;
    return { kind: 'unreadable', position, receivedAt, problem, cursor: this.#reading.cursor() };
  }

  /** What to say of a message that broke off. */
  #brokenOff(entry: Entry, error: unknown): Problem {
    const problem = this.#signal.aborted
      ? stopped(this.#limits.server)
      : this.#explain(error, 'give a message');
    this.#stoppedAt(entry, problem);
    // Reading on does help, even if this message stays behind
    this.#failure = problem.retriable();
    return this.#failure;
  }

  #stoppedAt({ position }: Entry, problem: Problem): void {
    if (!this.#signal.aborted) this.#blame.stoppedAt(position, problem);
  }
}
