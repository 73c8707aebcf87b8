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

export const deliveryStates = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

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
  /** Under which it is sent since a person asked for it again; null until then, as its own id serves. */
  replayId: string | null;
  /** What its target's clock said when it was first to be sent, in milliseconds; null before. Its age counts from there. */
  clockFrom: number | null;
}

/** How the API shows a delivery: what and where to each as an id and its kind. */
export type DeliveryJson = Omit<Delivery, 'item' | 'target' | 'clockFrom'> & {
  itemKind: DeliveredItem['kind'];
  messageId: string;
  targetKind: DeliveryTarget['kind'];
  destinationId: string;
};

/** The beginning of what a receiver answered, for people to see. */
export interface ReceiverAnswer {
  status: number;
  /** One a line. */
  headers: string;
  body: string;
}

/** One attempt of a delivery, as it is kept. */
export interface DeliveryAttempt {
  at: Instant;
  /** Milliseconds. */
  took: number;
  /** Null where none came. */
  answer: ReceiverAnswer | null;
  /** Code of the Problem; null for a yes. */
  problem: string | null;
}

/** How a target stands, by what it last said of itself. */
export interface Endpoint {
  /** Why it is switched off until a person acts; null while it is not. */
  disabled: ProblemJson | null;
  disabledAt: Instant | null;
  /** It asked to be left alone until then. */
  restsUntil: Instant | null;
}

/** How one attempt ended, and what was answered where something was. */
export type Outcome = (
  | { kind: 'accepted' }
  /** Try again, not before `after` when the target named a time; `rests`: nor anything else that goes there. */
  | { kind: 'retry'; after: Date | null; rests?: boolean; problem: Problem }
  /** The target wants nothing more: it is switched off until a person acts, and the delivery waits. */
  | { kind: 'gone'; problem: Problem }
  /** The target will never take it: dead letter at once. */
  | { kind: 'rejected'; problem: Problem }
) & { answer?: ReceiverAnswer };
