import type { Instant } from './mail-server.ts';
import type { ProblemJson } from './problem.ts';

export type DeliveryState = 'pending' | 'delivered' | 'dead';

/**
 * One message on its way to one destination, or one mail on its way out through one outgoing server. To a webhook its
 * id is the stable `webhook-id`.
 */
export interface Delivery {
  id: string;
  /** Order of creation; within a thread deliveries to a destination keep it. */
  sequence: number;
  /** What is delivered: a message (`msg_…`), an outgoing mail (`out_…`) or a notification (`ntf_…`). */
  messageId: string;
  /** Where to: a destination (`dst_…`) or an outgoing email server (`ogs_…`). */
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
