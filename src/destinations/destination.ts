import type { Outcome } from '../model/delivery.ts';
import type { Attachment, Message } from '../model/message.ts';

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
}
