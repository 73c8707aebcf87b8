import type { Config } from '../config/config.ts';
import type { DestinationConfig, DestinationKind, Outcome } from '../model/delivery.ts';
import type { Attachment, Message } from '../model/message.ts';
import type { Notification } from '../model/notice.ts';
import type { Sender } from './sender.ts';

/** One message to hand over, and the stable id to hand it over under. */
export interface MessageDelivery {
  /** Same at every attempt of this message to this destination. */
  deliveryId: string;
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
  /** The same with what administrators are told, where the destination takes such. */
  notify?(deliveryId: string, notification: Notification, signal: AbortSignal): Promise<Outcome>;
}

/** What a destination is made of. */
export interface DestinationParts<Kind extends DestinationKind = DestinationKind> {
  destination: DestinationConfig<Kind>;
  /** Newest first. */
  secrets: { secret: string; until: string | null }[];
  /** Of the outgoing email server that it names; null where it names none, or one that is gone or switched off. */
  sender: Sender | null;
  options: Config['delivery'];
}

/** Opens no connection yet. Adapters: registered by kind in `adapters.ts`. */
export type CreateDestination<Kind extends DestinationKind> = (parts: DestinationParts<Kind>) => Destination;
