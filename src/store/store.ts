import type { AfterIntake, Instant, MailServerState, RestrictionProof } from '../model/mail-server.ts';
import type { Message, MessageContent, Position, Quarantined } from '../model/message.ts';
import type { ProblemJson } from '../model/problem.ts';
import type { DeliveryStore, EndpointStore } from './deliveries.ts';
import type { NoticeStore } from './notices.ts';
import type { AutomaticReply, OutboxStore } from './outbox.ts';
import type { Page } from './page.ts';
import type { RecordStore } from './records.ts';

/** Port: everything durable. One engine-neutral implementation (`sql/`) over the dialects beside it. */
export interface Store {
  readonly records: RecordStore;
  readonly mailboxes: MailboxStore;
  readonly messages: MessageStore;
  readonly deliveries: DeliveryStore;
  readonly endpoints: EndpointStore;
  readonly outbox: OutboxStore;
  readonly notices: NoticeStore;
  readonly quarantine: QuarantineStore;
  readonly secrets: SecretStore;
  readonly consents: ConsentStore;
  readonly sessions: SessionStore;
  readonly settings: SettingStore;
  close(): Promise<void>;
}

/** Sealed values by owner (`prf_…`) and name (`client-secret`). The store cannot open them. */
export interface SecretStore {
  read(owner: string, name: string): Promise<Uint8Array | null>;
  write(owner: string, name: string, sealed: Uint8Array): Promise<void>;
  remove(owner: string, name: string): Promise<void>;
}

/** What only the reading of a mailbox knows, and what is owed to it, by the id of its incoming email server; nothing is kept for one that is gone. */
export interface MailboxStore {
  /** The latest proof that the server's access opens no other mailbox; null when it was never tried. */
  restriction(id: string): Promise<RestrictionProof | null>;
  setRestriction(id: string, proof: RestrictionProof): Promise<void>;
  states(): Promise<MailServerState[]>;
  /** That of one server; null when it has none yet. */
  state(id: string): Promise<MailServerState | null>;
  setState(state: MailServerState): Promise<void>;
  cursor(id: string): Promise<string | null>;
  /** Advances the cursor where no message came with it. */
  setCursor(id: string, cursor: string): Promise<void>;
  /** Positions whose action on the server is due at `now`, the oldest first. */
  dueActions(serverId: string, now: Instant, limit: number): Promise<Position[]>;
  /** When the next action on the server is due; null when none is owed. */
  nextAction(serverId: string): Promise<Instant | null>;
  actionsDone(serverId: string, positions: Position[]): Promise<void>;
}

/** A message ready to become durable: understood, its bytes at hand or already spooled. */
export interface Receipt {
  position: Position;
  /** What to remember as read with it; null when it is taken out of turn (*process again*). */
  cursor: string | null;
  receivedAt: Instant;
  size: number;
  sha256: string;
  /** Recognises the same mail under another position or with other trace headers; see `mime/fingerprint`. */
  fingerprint: string;
  content: MessageContent;
  raw: { bytes: Uint8Array } | { sourceId: string };
  /** Destinations that routing chose; deliveries are made only if the message turns out to be new. */
  destinationIds: string[];
  /** Set when the message is stored but also needs a person's eye. */
  quarantine: ProblemJson | null;
  /** Sent only if the message turns out to be new, and its sender had none of this server lately. */
  automaticReply?: AutomaticReply | null;
}

/** The incoming email server that messages came through. */
export interface ReceivingServer {
  id: string;
  /** Of its mailbox. */
  address: string;
  afterIntake: AfterIntake;
}

export interface Received {
  /** `known`: this position was stored before. `recognised`: the same mail under another position. */
  outcome: 'new' | 'known' | 'recognised';
  messageId: string;
}

export interface MessageSummary {
  id: string;
  serverId: string;
  threadId: string;
  folder: string;
  subject: string;
  from: string;
  receivedAt: Instant;
  storedAt: Instant;
  size: number;
  attachments: number;
  defects: number;
}

export interface MessageStore {
  /**
   * Messages, positions, the cursor, deliveries and due actions: one transaction, all or nothing.
   * Throws `store.full` when the disk is; nothing is then changed.
   */
  receive(server: ReceivingServer, receipts: Receipt[]): Promise<Received[]>;

  /** Spools a source too large to hold. Unfinished spools are swept at the next start. */
  spool(): Promise<SourceWriter>;

  get(id: string): Promise<Message | null>;
  /** Replaces what was understood of a stored message, and what it is recognised by, after a better reading of the same bytes. */
  setUnderstood(id: string, understood: Pick<Receipt, 'content' | 'fingerprint'>): Promise<void>;
  list(query: {
    serverId?: string;
    search?: string;
    before?: string;
    limit: number;
  }): Promise<Page<MessageSummary>>;
  count(): Promise<number>;
  /** Raw source from `offset` for `length` bytes; throws `message.source-expired` once retention has removed it. */
  raw(id: string, offset?: number, length?: number): AsyncIterable<Uint8Array>;

  /** Which of these messages of one folder are stored or quarantined already, by their UIDs. */
  known(serverId: string, place: Omit<Position, 'uid'>, uids: string[]): Promise<Set<string>>;
  /** Removes raw sources, or whole delivered messages, stored before the given instants; returns how many. */
  expire(limits: {
    sourcesBefore: Instant | null;
    messagesBefore: Instant | null;
  }): Promise<{ sources: number; messages: number }>;
}

export interface SourceWriter {
  readonly sourceId: string;
  append(bytes: Uint8Array): Promise<void>;
  /** Writes what is still held back; the source may then be named in a receipt. */
  finish(): Promise<void>;
  /** Forgets what was written, unless a message names it by now. */
  discard(): Promise<void>;
}

export interface QuarantineStore {
  /** Also advances the cursor. False where the position is in quarantine already: the first entry stands. */
  add(entry: Quarantined, cursor: string | null): Promise<boolean>;
  list(serverId?: string): Promise<Quarantined[]>;
  get(id: string): Promise<Quarantined | null>;
  remove(id: string): Promise<void>;
}

/** An authorization request under way (RFC 6749 4.1.1), found again by its state. */
export interface PendingConsent {
  /** SHA-256 of the `state` parameter. */
  stateHash: string;
  profileId: string;
  /** SHA-256 of the browser session that began it. */
  sessionHash: string;
  /** PKCE verifier and nonce, sealed. */
  sealed: Uint8Array;
  createdAt: Instant;
  expiresAt: Instant;
}

export type ConsentOutcome = { kind: 'connected' } | { kind: 'refused'; problem: ProblemJson };

export interface ConsentStore {
  add(consent: PendingConsent): Promise<void>;
  /** The consent, and whether this call may redeem it: true once only, and only in its own session. */
  take(
    stateHash: string,
    sessionHash: string,
  ): Promise<{ consent: PendingConsent; mine: boolean; outcome: ConsentOutcome | null } | null>;
  finish(stateHash: string, outcome: ConsentOutcome): Promise<void>;
  /** The consent of a profile that was begun last, and how it ended; null outcome while it is under way. */
  latest(profileId: string): Promise<{ createdAt: Instant; outcome: ConsentOutcome | null } | null>;
  /** Forgets those that expired before the instant. */
  sweep(before: Instant): Promise<void>;
}

export interface Session {
  /** SHA-256 of the cookie's value. */
  idHash: string;
  createdAt: Instant;
  expiresAt: Instant;
}

export interface SessionStore {
  add(session: Session): Promise<void>;
  get(idHash: string): Promise<Session | null>;
  remove(idHash: string): Promise<void>;
  sweep(before: Instant): Promise<void>;
}

/** Single values: the admin's password hash, the set-up token's hash, which acknowledged notices there are. */
export interface SettingStore {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  /** Sets it only if it is not set; tells whether it did. */
  claim(key: string, value: string): Promise<boolean>;
  delete(key: string): Promise<void>;
}
