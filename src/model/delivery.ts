import type { Instant } from './mail-server.ts';
import type { ProblemJson } from './problem.ts';

export const destinationKinds = ['webhook'] as const;
export type DestinationKind = (typeof destinationKinds)[number];

/** Where messages go. Its signing secrets live sealed beside it, not in it. */
export interface DestinationConfig {
  id: string;
  name: string;
  kind: DestinationKind;
  url: string;
  /** Mail servers whose messages go here; null means all, also those added later. */
  servers: string[] | null;
  enabled: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** One message on its way to one destination. Its id is the stable `webhook-id`. */
export interface Delivery {
  id: string;
  /** Order of creation; within a thread deliveries to a destination keep it. */
  sequence: number;
  messageId: string;
  destinationId: string;
  threadId: string;
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: Instant;
  lastAttemptAt: Instant | null;
  deliveredAt: Instant | null;
  problem: ProblemJson | null;
  createdAt: Instant;
}

/** How one attempt ended. */
export type Outcome =
  | { kind: 'accepted' }
  /** Try again, not before `after` when the destination named a time. */
  | { kind: 'retry'; after: Date | null; problem: import('./problem.ts').Problem }
  /** The destination will never take it: dead letter at once. */
  | { kind: 'rejected'; problem: import('./problem.ts').Problem };
