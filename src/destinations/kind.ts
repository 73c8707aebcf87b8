import type { Config } from '../config/config.ts';
import type { Sender } from '../outgoing/sender.ts';
import type { DestinationConfig, DestinationKind } from '../resources/destination.ts';
import type { Destination } from './destination.ts';

/** A kind of place that messages go to: what an administrator says of it, and how it is opened. */
export interface DeliveringKind extends DestinationKind {
  /** The outgoing email server that a destination sends through, where its kind uses one. */
  outgoingServerOf?(destination: DestinationConfig & Record<string, unknown>): string;
  /** Opens no connection yet. */
  open(parts: OpenParts): Destination | Promise<Destination>;
}

/** What a destination is opened with. */
export interface OpenParts {
  // biome-ignore lint/suspicious/noExplicitAny: each kind knows its own fields
  destination: any;
  /** A secret that was sealed with it, in the clear. */
  secret(name: string): Promise<string | null>;
  /** Of the outgoing email server that it names; null where there is none, or it is switched off. */
  sender: Sender | null;
  options: Config['delivery'];
}
