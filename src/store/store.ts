import type {
  AfterIntake,
  Instant,
  MailboxAudit,
  MailboxFigures,
  MailServerState,
  RestrictionProof,
} from '../model/mail-server.ts';
import type {
  Announced,
  DueAction,
  Message,
  MessageContent,
  Position,
  Quarantined,
} from '../model/message.ts';
import type { ProblemJson } from '../model/problem.ts';
import type { DeliveryStore, EndpointStore } from './deliveries.ts';
import type { StoreHealth } from './health.ts';
import type { NoticeStore } from './notices.ts';
import type { AutomaticReply, OutboxStore } from './outbox.ts';
import type { Page } from './page.ts';
import type { RecordStore } from './records.ts';

/** Port: everything durable. One engine-neutral implementation (`sql/`) over the dialects beside it. */
export interface Store {
  readonly health: StoreHealth;
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
  /** Whether there is any. */
  any(): Promise<boolean>;
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
  dueActions(serverId: string, now: Instant, limit: number): Promise<DueAction[]>;
  /** When the next action on the server is due; null when none is owed. */
  nextAction(serverId: string): Promise<Instant | null>;
  /** `removed`: those of `done` that were deleted, and so are never recognised again. */
  actionsDone(
    serverId: string,
    acted: { done: readonly DueAction[]; removed: readonly DueAction[] },
  ): Promise<void>;
  /** The server refused the action on these messages alone: each is due again at its instant. */
  actionsRefused(serverId: string, refused: { action: DueAction; dueAt: Instant }[]): Promise<void>;
  /** How many messages the server refused the action on. */
  refusedActions(serverId: string): Promise<number>;
  figures(id: string): Promise<MailboxFigures>;
  /** What the last audit showed; null when there was none. */
  audit(id: string): Promise<MailboxAudit | null>;
  /** Of all mailboxes that were audited. */
  audits(): Promise<Map<string, MailboxAudit>>;
  setAudit(id: string, audit: MailboxAudit): Promise<void>;
}

/** A message ready to become durable: understood, its bytes at hand or already spooled. */
export interface Receipt {
  position: Position;
  /** What to remember as read with it; null when it is taken out of turn (*process again*). */
  cursor: string | null;
  receivedAt: Instant;
  /** What the server said of it. */
  announced: Announced;
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
  /** Of the {@link MessageStore.sameMail}, those that the server was asked about and no longer has. */
  vanished?: Position[];
}

/** The incoming email server that messages came through. */
export interface ReceivingServer {
  id: string;
  /** Of its mailbox. */
  address: string;
  afterIntake: AfterIntake;
}

export interface Received {
  /** `known`: it was stored before from this position. `recognised`: the same mail under another position. */
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
  /** Raw source from `offset` for `length` bytes; throws `message.source-expired` once retention has removed it, and `message.source-damaged`, before the last of them, when they are not what came in. */
  raw(id: string, offset?: number, length?: number): AsyncIterable<Uint8Array>;

  /** Which of these messages of one folder are stored, waited for or quarantined already, by their UIDs, with what is known of them. */
  known(serverId: string, place: Omit<Position, 'uid'>, uids: string[]): Promise<Map<string, Announced>>;
  /**
   * Where in the same folder an equal mail without Message-ID lay when it was stored, for each receipt: only the server
   * can tell whether it still lies there, and this is another one, or whether this is it, under a new number.
   */
  sameMail(
    serverId: string,
    receipts: Pick<Receipt, 'position' | 'fingerprint' | 'content' | 'announced'>[],
  ): Promise<Position[][]>;
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
  /**
   * Also advances the cursor. False where the position is in quarantine already (the first entry stands), where its
   * message is stored, and where a person has ended its entry.
   */
  add(entry: Quarantined, cursor: string | null): Promise<boolean>;
  list(serverId?: string): Promise<Quarantined[]>;
  get(id: string): Promise<Quarantined | null>;
  /** The server was asked again in vain: how the entry stands now. */
  setLook(
    id: string,
    look: Pick<Quarantined, 'state' | 'looks' | 'nextLookAt' | 'quarantinedAt' | 'problem'>,
  ): Promise<void>;
  remove(id: string): Promise<void>;
  /** Ends the entry for good: what lies there is not asked for again. */
  dismiss(id: string): Promise<void>;
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
