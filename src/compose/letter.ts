import type { Address, Message } from '../model/message.ts';

/** `Auto-Submitted` of mail that no person sent (RFC 3834 5): an answer, or of its own accord. */
export type AutoSubmitted = 'auto-replied' | 'auto-generated';

/** What an answer needs to know of the message that it answers. */
export type Answered = Pick<
  Message,
  'id' | 'threadId' | 'headers' | 'messageId' | 'inReplyTo' | 'references'
>;

/** What is to be sent, before it is a mail. */
export interface Letter {
  to: Address[];
  cc: Address[];
  /** Get it too, and nobody sees that they do. */
  bcc: Address[];
  subject: string;
  text: string;
  html: string | null;
  answers: Answered | null;
  /** Null for what a person sends. */
  automatic: AutoSubmitted | null;
}
