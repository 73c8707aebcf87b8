import type { ProblemJson } from './problem.ts';

/** ISO 8601 in UTC with milliseconds (`Date.prototype.toISOString`), so that text order is time order. */
export type Instant = string;

/** How the connection is encrypted: from its first byte, or by STARTTLS (RFC 3501 6.2.1; STLS in POP3, RFC 2595). Never not at all. */
export type ConnectionSecurity = 'tls' | 'starttls';

/** What is done on the server once a message is durable here. */
export type AfterIntake =
  | { action: 'leave' }
  | { action: 'mark-read' }
  | { action: 'move'; folder: string }
  /** At once, or when the message has been here for so many days. */
  | { action: 'delete'; afterDays?: number | undefined };

/** An automatic answer to each new message: that it arrived (RFC 3834). */
export interface Acknowledgement {
  outgoingServerId: string;
  /** With placeholders such as `{subject}`; see `compose/placeholders.ts`. */
  subject: string;
  text: string;
  /** Mail that came before this instant is not answered: the past is no news. */
  since: Instant;
}

/** Whether the access to this server's mailbox also opens another one, as it was tried. */
export interface RestrictionProof {
  /** The other mailbox, which an administrator named. */
  mailbox: string;
  /** `refused` is good; `open` is not; `unclear` says nothing, as something else went wrong. */
  outcome: 'refused' | 'open' | 'unclear';
  detail: string;
  checkedAt: Instant;
}

/** What was found when all that a mailbox lists was compared with what is stored here. */
export interface MailboxAudit {
  auditedAt: Instant;
  /** Messages that its folders list, since the start point. */
  inMailbox: number;
  /** Of these, those that were missing here and were asked for. */
  missing: number;
}

/** What has become of the messages of a mailbox. */
export interface MailboxFigures {
  /** Stored from it, all in all. */
  stored: number;
  /** Not given by its server yet, which is asked again. */
  waiting: number;
  quarantined: number;
  /** Deliveries of its messages. */
  delivered: number;
  pending: number;
  dead: number;
}

export const mailServerConditions = [
  'starting',
  'synchronising',
  'watching',
  /** The server wants to be left alone until `retryAt`. */
  'throttled',
  /** Trouble; `problem` says what, `retryAt` when it is tried again. */
  'failing',
  'paused',
  /** Letterbox does not run: nobody reads it. */
  'stopped',
] as const;
export type MailServerCondition = (typeof mailServerConditions)[number];

/** What a mailbox's loop is doing now, as shown on the overview. */
export interface MailServerState {
  serverId: string;
  condition: MailServerCondition;
  problem: ProblemJson | null;
  since: Instant;
  /** When the server last answered us in good order. */
  lastContactAt: Instant | null;
  lastMessageAt: Instant | null;
  retryAt: Instant | null;
}

/** Who signs in to a mail server, incoming or outgoing. */
export function userOf({ username, address }: { username: string | null; address: string }): string {
  return username ?? address;
}

/**
 * Whether a message is from before the instant from which a mailbox is read, and so left alone. `receivedAt` may be
 * in milliseconds. Servers tell whole seconds: what came in the same second as the start came after it, as far as
 * anyone knows.
 */
export function isBeforeStart(
  { startFrom }: { startFrom: Instant | null },
  receivedAt: Instant | number,
): boolean {
  if (startFrom === null) return false;
  const received = typeof receivedAt === 'number' ? receivedAt : Date.parse(receivedAt);
  return received < Math.floor(Date.parse(startFrom) / 1000) * 1000;
}
