import type { Config } from '../config/config.ts';
import type { Delivery, Outcome } from '../model/delivery.ts';
import type { Attachment, Message } from '../model/message.ts';
import type { Notification } from '../model/notice.ts';
import type { Sender } from '../outgoing/sender.ts';
import type { DestinationConfig } from '../resources/destination.ts';

/** One message to hand over, and the stable id to hand it over under. */
export interface Consignment {
  /** Same at every attempt of this message to this destination. */
  deliveryId: string;
  /** From 1. */
  attempt: number;
  message: Message;
  /** Raw source, decompressed, from `offset` for `length` bytes (all by default). */
  raw(offset?: number, length?: number): AsyncIterable<Uint8Array>;
  /** URL, signed and time-limited, where the destination fetches an attachment or, with null, the raw source. */
  url(attachment: Attachment | null): string;
}

/** Port: something that takes messages. Adapters: one folder each beside this file. */
export interface Destination {
  /** Tries once, within its own time limit. Never throws for what the other side did: that is the outcome. */
  deliver(consignment: Consignment, signal: AbortSignal): Promise<Outcome>;
  /** The same with what administrators are told, where the destination takes such. */
  notify?(deliveryId: string, notification: Notification, signal: AbortSignal): Promise<Outcome>;
}

/** What a destination is made of. */
export interface DestinationParts<D extends DestinationConfig = DestinationConfig> {
  destination: D;
  /** Newest first. */
  secrets: { secret: string; until: string | null }[];
  /** Of the outgoing email server that it names; null where it names none. */
  sender: Sender | null;
  options: Config['delivery'];
}

/** Opens no connection yet. */
export type CreateDestination<D extends DestinationConfig> = (parts: DestinationParts<D>) => Destination;

/** One that deliveries go to: a destination, an outgoing email server. */
export interface Consignee {
  id: string;
  name: string;
  enabled: boolean;
}

/** How one attempt ended, and whether that tells anything of the consignee: trouble on our own side does not. */
export interface Attempted {
  outcome: Outcome;
  reached: boolean;
}

/** Carries the deliveries of one consignee. */
export interface Carrier {
  /** So many at once at most; null leaves it to the configuration. */
  concurrency: number | null;
  /** Hands one over, once. Never throws. */
  carry(delivery: Delivery, signal: AbortSignal): Promise<Attempted>;
}
