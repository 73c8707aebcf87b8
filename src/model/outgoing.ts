import type { Outcome } from './delivery.ts';
import type { Instant } from './mail-server.ts';
import type { ProblemJson } from './problem.ts';

/** The envelope of a mail (RFC 5321 2.3.1): who gets it, and who hears of it when that fails. */
export interface Envelope {
  /** Empty for mail that nobody must answer automatically (`MAIL FROM:<>`). */
  from: string;
  to: string[];
}

/** One recipient of a mail, and what became of the mail there: a server answers for each by itself. */
export interface Recipient {
  address: string;
  state: 'waiting' | 'accepted' | 'rejected';
  /** Why it is not accepted. */
  problem: ProblemJson | null;
}

/** A mail on its way out: composed once, sent as these very bytes however often it is tried. */
export interface OutgoingMail {
  /** Letterbox id, `out_…`. */
  id: string;
  serverId: string;
  /** Envelope's sender; empty for automatic mail (RFC 3834 3.3). */
  sender: string;
  recipients: Recipient[];
  /** The Message-ID field, without angle brackets; the same at every attempt. */
  messageId: string;
  subject: string;
  /** The message that it answers (`msg_…`), if it does. */
  inReplyTo: string | null;
  /** That of the message it answers, else its own. */
  threadId: string;
  size: number;
  createdAt: Instant;
}

/** What one recipient's server said. */
export interface RecipientAnswer {
  address: string;
  outcome: Outcome;
}

/** How one attempt to send a mail ended. */
export type Sent =
  /** Every recipient was answered for. */
  | { kind: 'answered'; answers: RecipientAnswer[] }
  /** The server could not be used, so nobody was: connection, sign-in, throttling. */
  | { kind: 'failed'; outcome: Exclude<Outcome, { kind: 'accepted' }> };
