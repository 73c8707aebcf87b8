import type { Instant } from '../model/mail-server.ts';
import type { OutgoingMail, Recipient } from '../model/outgoing.ts';
import type { Page } from './page.ts';

/** A mail ready to become durable: composed, its bytes at hand or already spooled. */
export interface Draft {
  mail: OutgoingMail;
  raw: { bytes: Uint8Array } | { sourceId: string };
}

export interface OutboxStore {
  /** Mails, each with the delivery that takes it out: one transaction, all or nothing. */
  add(drafts: Draft[]): Promise<void>;
  get(id: string): Promise<OutgoingMail | null>;
  list(query: {
    serverId?: string;
    inReplyTo?: string;
    before?: string;
    limit: number;
  }): Promise<Page<OutgoingMail>>;
  /** Its source; throws `message.source-expired` once retention has removed it. */
  raw(id: string): AsyncIterable<Uint8Array>;
  /** Writes down what recipients' servers said, so that nobody who has the mail gets it again. */
  answered(id: string, recipients: Recipient[]): Promise<void>;
  /** Like `MessageStore.expire`; and forgets which senders had an automatic reply before an instant. Returns how many mails. */
  expire(limits: {
    sourcesBefore: Instant | null;
    messagesBefore: Instant | null;
    repliesBefore: Instant;
  }): Promise<number>;
}

/** An automatic reply, composed; what it answers becomes known as the message is stored. */
export interface AutomaticReply {
  draft: Draft;
  /** Whom it goes to, in lower case. */
  to: string;
  /** Not sent when one was sent to the same address after this instant. */
  unlessSince: Instant;
  /** Nor when after this instant so many were sent to its domain, or in all, whichever server they are of. */
  unlessMore: { since: Instant; ofDomain: number; inAll: number };
}
