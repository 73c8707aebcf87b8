import type { Envelope, Sent } from '../model/outgoing.ts';
import type { TokenSource } from '../model/token.ts';
import type { OutgoingKind } from '../resources/outgoing-server/kind.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';

/** What is sent: an envelope and its content (RFC 5321 2.3.1). */
export interface MailObject {
  envelope: Envelope;
  /** Of the source, in bytes. */
  size: number;
  /** The source as it was composed or received, from its beginning; may be asked for more than once. */
  raw(): AsyncIterable<Uint8Array>;
}

/** What a sender is made of. */
export interface SenderParts {
  server: OutgoingServer;
  /** Null where the server asks for no sign-in. */
  tokens: TokenSource | null;
  options: {
    /** Private networks besides this machine where a connection may go unencrypted; as `10.1.0.0/16`. */
    allowPrivateAddresses: string[];
  };
}

/** Opens no connection yet. Adapters: registered by kind in `adapters.ts`. */
export type CreateSender = (parts: SenderParts) => Sender;

/** Port: something that takes mail out. Adapters: one folder each in `outgoing/`. */
export interface Sender {
  /** Whom its mail is from. */
  address: string;
  /** So many mails at once at most, whatever the configuration allows. */
  concurrency: number;
  /**
   * Hands a mail over, once. Never throws for what the other side did: that is in the answer. Throws what reading the
   * source threw. An abort ends it at once, as failed.
   */
  send(mail: MailObject, signal: AbortSignal): Promise<Sent>;
  /** Signs in without sending anything and says what was found; throws the {@link Problem} that a person must see. */
  verify(signal?: AbortSignal): Promise<string>;
}

/** A way to send mail: what an administrator can choose of it, and how it is opened. */
export interface SendingKind extends OutgoingKind {
  open: CreateSender;
}
