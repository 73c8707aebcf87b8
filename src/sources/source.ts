import type { Config } from '../config/config.ts';
import type { AfterIntake, Instant } from '../model/mail-server.ts';
import type { Announced, Position } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import type { TokenSource } from '../model/token.ts';
import type { Protocol } from '../resources/incoming-server/protocol.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Log } from '../telemetry/log.ts';

/** Opaque to everyone but the source that made it; stored with the messages it covers. */
export type Cursor = string;

export type SourceEvent =
  | {
      kind: 'message';
      position: Position;
      /** When the mail server received it; where it does not say so, now. */
      receivedAt: Instant;
      /** Size the server announced, in bytes. */
      size: number;
      announced: Announced;
      /**
       * The bytes as the server has them, once. A small message is one chunk. It must be read to its end
       * (or returned) before the next event is asked for. Reading it throws {@link Problem} when the
       * connection breaks.
       */
      raw: AsyncIterable<Uint8Array>;
      /** What to store as the cursor once this message is stored. */
      cursor: Cursor;
      /** Messages known to wait behind this one. */
      remaining: number;
    }
  /**
   * The server has it and gives others, but not this one. What the problem says of `retry` holds for this message:
   * `no` where asking again cannot help.
   */
  | { kind: 'unreadable'; position: Position; receivedAt: Instant | null; problem: Problem; cursor: Cursor }
  /** Everything the server has now was yielded; from here on the source watches. */
  | { kind: 'caught-up'; cursor: Cursor; found?: Found };

/** What was found beside messages when a mailbox was looked at. */
export interface Found {
  /** The server does what its protocol forbids; it is read all the same. Null when that is over. */
  breach?: Problem | null;
  /** All that the folders list was compared with what is stored, and what was missing was yielded. */
  audit?: { inMailbox: number; missing: number };
}

/** What a change notification said: something changed, or what became of the subscription (Graph lifecycle events). */
export type Hint = 'changed' | 'missed' | 'reauthorization-required' | 'subscription-removed';

/** What signing in to the mailbox showed. */
export interface Inspection {
  folder: string;
  messages: number;
  capabilities: string[];
  /** Capabilities that make reading quicker or surer, where the protocol leaves them to the server; else none. */
  useful: readonly string[];
  /** Whether the server tells of new mail; else it is looked for on a clock. */
  tells: boolean;
  /** Null where the protocol shows only the one. */
  folders: string[] | null;
}

/** How a protocol asks for TLS, once the server has greeted. */
export interface StarttlsDialogue {
  command: string;
  /** Lines that are no answer to it. */
  passedOver: RegExp;
  agreement: RegExp;
}

/** What a source is made of. */
export interface SourceParts {
  server: MailServer;
  tokens: TokenSource;
  options: Config['intake'];
  log: Log;
  /** Where change notifications come in, and the secret they must name; null where no public URL is set. */
  notifications: { url: string; clientState: string } | null;
  /**
   * Which of these messages, all in one folder, are stored, waited for or quarantined here already, and what was said of
   * them then. Where it is left out, nothing is known, and nothing can be compared.
   */
  known?: Known;
}

export type Known = (place: Omit<Position, 'uid'>, uids: string[]) => Promise<Map<string, Announced>>;

/** A message that something is done with on its server, and what the server said of it, as far as that is known. */
export type ActedOn = Position & { announced?: Announced };

/** What became of an action on the server. */
export interface Acted {
  /** Also what is not there any more: moved, deleted, or renumbered meanwhile. */
  done: readonly Position[];
  /** Those of `done` that were deleted now. Of others nobody knows whether they lie elsewhere. */
  removed: readonly Position[];
  /** The server refuses it for these alone. */
  refused: readonly { position: Position; problem: Problem }[];
}

/** How a mailbox is read. */
export interface ReadingOptions {
  /** Until `signal` aborts; else until everything was read once. */
  watch: boolean;
  signal: AbortSignal;
  /** When all of it was compared last: null for never, left out where that is not to be done. It is done once a day. */
  auditedAt?: Instant | null | undefined;
}

/** Opens no connection yet. Adapters: registered by protocol in `adapters.ts`. */
export type CreateSource = (parts: SourceParts) => MailSource;

/**
 * A mailbox on some server. Adapters: one folder each beside this file, registered by protocol in the
 * composition root. Every error that leaves a source is a {@link Problem} with `retry` set.
 */
export interface MailSource {
  /**
   * Messages not covered by `cursor`, oldest first in each folder, then new ones as they arrive, until
   * `signal` aborts (then it ends without an error). Reconnecting is the caller's: a broken connection throws.
   * With `watch: false` it ends after `caught-up`.
   */
  messages(cursor: Cursor | null, options: ReadingOptions): AsyncIterable<SourceEvent>;

  /**
   * Does on the server what is to be done with messages that are durable here. Safe to repeat, safe while
   * `messages` runs; positions that no longer exist count as done. Throws what stands in the way of all of them.
   */
  act(positions: readonly ActedOn[], action: AfterIntake): Promise<Acted>;

  /** Which of these positions still hold a message. Safe while `messages` runs. */
  stillThere(positions: readonly Position[]): Promise<Position[]>;

  /** Somebody else said that something happened (a change notification): a reason to look now, nothing more. */
  hint?(hint: Hint): void;

  /** One message again, also while `messages` runs; null when the server no longer has it. */
  fetch(position: Position): Promise<Extract<SourceEvent, { kind: 'message' }> | null>;

  /** A failure of name, network, TLS or the server, in the words that a person reads of this protocol. */
  explain(error: unknown): Problem;

  /** Signs in, opens the first folder, lists folders; throws the {@link Problem} that a person must see. */
  inspect(signal?: AbortSignal): Promise<Inspection>;

  /** The mailbox will be read no more: ends what reading has set up on its server. Left out where that is nothing. */
  forget?(): Promise<void>;

  /** Left out where the protocol has TLS from the first byte only. */
  readonly starttls?: StarttlsDialogue;

  /** Ends whatever is under way: that then throws. Safe to repeat. */
  close(): Promise<void>;
}

/** A protocol that mailboxes are read by: what an administrator can choose of it, and how it is opened. */
export interface MailProtocol extends Protocol {
  open: CreateSource;
}
