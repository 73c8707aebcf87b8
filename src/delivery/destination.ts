import type { Config } from '../config/config.ts';
import type { Outcome } from '../model/delivery.ts';
import type { Attachment, Message } from '../model/message.ts';
import type { Notification } from '../model/notice.ts';
import type { DestinationConfig, DestinationKind } from '../resources/destination.ts';
import type { Sender } from './sender.ts';

/** Under what ids something is handed over. */
export interface DeliveryIds {
  /** Same at every attempt; another one when a person asks for it again. */
  deliveryId: string;
  /** The first one, where a person asked for it again. */
  replayOf: string | null;
}

/** One message to hand over. */
export interface MessageDelivery extends DeliveryIds {
  message: Message;
  /** Raw source, decompressed, from `offset` for `length` bytes (all by default). */
  raw(offset?: number, length?: number): AsyncIterable<Uint8Array>;
  /** URL, signed and time-limited, where the destination fetches an attachment or, with null, the raw source. */
  url(attachment: Attachment | null): string;
}

/** Port: something that takes messages. Adapters: one folder each in `destinations/`. */
export interface Destination {
  /** Tries once, within its own time limit. Never throws for what the other side did: that is the outcome. */
  deliver(delivery: MessageDelivery, signal: AbortSignal): Promise<Outcome>;
  /** {@link deliver} with what administrators are told, where the destination takes such. */
  notify?(ids: DeliveryIds, notification: Notification, signal: AbortSignal): Promise<Outcome>;
  /** Whether it could be delivered to now, handing nothing over: says what was found. Throws the Problem. */
  reach?(signal: AbortSignal): Promise<string>;
}

/** A kind of place that messages go to: what an administrator says of it, and how it is opened. */
export interface DeliveringKind extends DestinationKind {
  /** The outgoing email server that a destination sends through, where its kind uses one. */
  outgoingServerOf?(destination: DestinationConfig & Record<string, unknown>): string;
  /** Opens no connection yet. */
  open(parts: DestinationParts): Destination | Promise<Destination>;
}

/** What a destination is opened with. */
export interface DestinationParts {
  // biome-ignore lint/suspicious/noExplicitAny: each kind knows its own fields
  destination: any;
  /** A secret that was sealed with it, in the clear. */
  secret(name: string): Promise<string | null>;
  /** Of the outgoing email server that it names; null where it names none, or one that is gone or switched off. */
  sender: Sender | null;
  options: Config['delivery'];
}
