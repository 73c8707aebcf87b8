import type { AfterIntake, Instant } from '../model/mail-server.ts';
import type { Position } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import type { Acted, ActedOn, Cursor, Hint, Inspection, StarttlsDialogue } from './source.ts';

/** What is done on the server with messages that are stored here. */
export type Action = Exclude<AfterIntake, { action: 'leave' }>;

/** A folder by its name in settings and positions; protocols add what they know it by. */
export interface NamedFolder {
  name: string;
}

/** A message that a folder lists. */
export interface Entry {
  position: Position;
  /** In bytes, as far as the server has announced it. */
  size: number | null;
  receivedAt: Instant | null;
  /** Without angle brackets; left out where the listing does not tell it. */
  messageId?: string | null;
}

/** Some of what is new in a folder, oldest first. */
export interface Portion {
  entries: readonly Entry[];
  /** How many are known to come in the portions after this one. */
  behind: number;
}

/** How often a message is asked for that the server does not give. */
export const tries = 3;

/** How asking for one message ended. */
export type Answer =
  | {
      kind: 'given';
      /** Null where the server does not tell. */
      receivedAt: Instant | null;
      /** In bytes, as announced; an estimate on some servers. */
      size: number;
      /** The message, or the beginning of a large one. */
      first: Uint8Array;
      /** What comes after it, as it arrives; null where that was all. */
      rest: AsyncIterable<Uint8Array> | null;
    }
  | { kind: 'too-large'; receivedAt: Instant | null; size: number }
  /** Not given, also not when it was asked for {@link tries} times, while the session goes on. */
  | { kind: 'refused'; receivedAt: Instant | null; problem: Problem }
  /** Listed, and then said not to be there, which passes with some servers. */
  | { kind: 'absent'; receivedAt: Instant | null; problem: Problem }
  /** From before the start, as was found only now. */
  | { kind: 'too-old' }
  /** Moved or deleted meanwhile, as the mailbox itself says when it is looked at again. */
  | { kind: 'gone' };

export type Fetched = Answer & { entry: Entry };

/** Any error as the problem a person reads. `doing` names what was asked for, `folder` where. */
export type Explain = (error: unknown, doing?: string, folder?: string) => Problem;

/** What became of a message whose turn has come. */
export type Outcome = 'taken' | 'unreadable' | 'too-old' | 'gone';

/**
 * One reading of a mailbox, over the protocol's own session or sessions. Its methods may throw errors of any kind;
 * `explain` makes Problems of them. One is called after the other, but for `hint`.
 */
export interface Reading<Folder extends NamedFolder> {
  /** Begins a look: the folders that the settings mean now, and what to say of the first name that means none. */
  folders(): Promise<{ folders: readonly Folder[]; missing: Problem | null }>;
  /**
   * What is new in a folder since the place reached in it, oldest first. The place moves on past all that was
   * listed when the end is asked for: until then every message was yielded or left out.
   */
  list(folder: Folder): AsyncIterable<Portion>;
  /**
   * Messages of the folder that was listed last, many by one request where the protocol can; each once, in any order.
   * Throws what stands in the way of more than one of them. The next is asked for when the `rest` of the one before was read or given up.
   */
  fetch(entries: readonly Entry[]): AsyncIterable<Fetched>;
  /**
   * The message is about to be yielded, or there is nothing to yield of it: the cursor may cover it. Left out where the
   * place moves on only with the end of the list.
   */
  advance?(entry: Entry, outcome: Outcome): void;
  cursor(): Cursor;
  /**
   * Messages that a folder lists since the start: some of the newest up to the place reached in it; `all` of these, with
   * what the server says of each; or `any`, wherever they lie.
   */
  present(folder: Folder, which: 'newest' | 'all' | 'any'): AsyncIterable<readonly Entry[]>;
  /**
   * What the server did in the folder that was listed last although its protocol forbids it, so that the place reached
   * there means nothing: all that the folder lists is compared with what is stored.
   */
  breach?(folder: Folder): Problem | null;
  /** A look is over, whether it came to its end or broke off. */
  endLook?(): void;
  /**
   * Waits for new mail, for so many milliseconds or as little longer as the server allows: the folder in which
   * something arrived, or null where all are to be looked at.
   */
  wait(milliseconds: number): Promise<Folder | null>;
  /** Somebody told of the mailbox. */
  hint?(hint: Hint): void;
  /** As the protocol's, where the reading knows more of an error. */
  explain?: Explain;
  /** Ends what the reading has open, in good order where its signal has not aborted. */
  end?(): Promise<void>;
}

/** What a protocol does for a mailbox; `reader.ts` makes a `MailSource` of it. */
export interface MailboxProtocol<Folder extends NamedFolder> {
  /** Begins to read from where the cursor says. All that is under way ends when `signal` aborts. */
  begin(cursor: Cursor | null, options: { watch: boolean; signal: AbortSignal }): Promise<Reading<Folder>>;
  /** One message again, beside any reading. */
  fetch(position: Position, signal: AbortSignal): Promise<Answer>;
  /** Safe to repeat, beside any reading; positions that no longer exist count as done. */
  act(positions: readonly ActedOn[], action: Action, signal: AbortSignal): Promise<Acted>;
  /** Which of these positions still hold a message; beside any reading. */
  stillThere(positions: readonly Position[], signal: AbortSignal): Promise<Position[]>;
  /** Signs in, opens the folders that are read, lists all there are. */
  inspect(signal: AbortSignal): Promise<Inspection>;
  explain: Explain;
  /** Ends what reading has set up on the server; left out where that is nothing. */
  forget?(signal: AbortSignal): Promise<void>;
  /** Left out where it has TLS from the first byte only. */
  readonly starttls?: StarttlsDialogue;
  /** Ends every connection; all signals have aborted. */
  close(): Promise<void> | void;
}
