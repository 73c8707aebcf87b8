import type { Instant } from './mail-server.ts';
import type { Problem, ProblemJson } from './problem.ts';

/** What is delivered: a stored message, a mail of the outbox, or a notification of administrators. */
export interface DeliveredItem {
  kind: 'message' | 'mail' | 'notification';
  id: string;
}

/** Where deliveries go. */
export interface DeliveryTarget {
  kind: 'destination' | 'outgoing-server';
  id: string;
}

/** A target by the name that people gave it. */
export interface NamedTarget extends DeliveryTarget {
  name: string;
}

export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** One item on its way to one target. To a webhook its id is the stable `webhook-id`. */
export interface Delivery {
  id: string;
  /** Order of creation; within a thread deliveries to a target keep it. */
  sequence: number;
  item: DeliveredItem;
  target: DeliveryTarget;
  threadId: string;
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: Instant;
  lastAttemptAt: Instant | null;
  deliveredAt: Instant | null;
  problem: ProblemJson | null;
  createdAt: Instant;
}

/** How the API shows a delivery: what and where to each as an id and its kind. */
export type DeliveryJson = Omit<Delivery, 'item' | 'target'> & {
  itemKind: DeliveredItem['kind'];
  messageId: string;
  targetKind: DeliveryTarget['kind'];
  destinationId: string;
};

/** How one attempt ended. */
export type Outcome =
  | { kind: 'accepted' }
  /** Try again, not before `after` when the target named a time. */
  | { kind: 'retry'; after: Date | null; problem: Problem }
  /** The target will never take it: dead letter at once. */
  | { kind: 'rejected'; problem: Problem };
