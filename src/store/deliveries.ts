import type {
  Delivery,
  DeliveryAttempt,
  DeliveryState,
  DeliveryTarget,
  Endpoint,
} from '../model/delivery.ts';
import type { Instant } from '../model/mail-server.ts';
import type { Page } from './page.ts';

export interface DeliveryQuery {
  state?: DeliveryState;
  /** Of the target. */
  destinationId?: string;
  /** Of the item. */
  messageId?: string;
  before?: string;
  limit: number;
}

export interface DeliveryStore {
  /**
   * Claims deliveries to a target that are due at `due` (now by default), until `lease` passes: oldest first, and only
   * those with no earlier pending one of the same thread to that target.
   */
  claim(targetId: string, now: Instant, lease: Instant, limit: number, due?: Instant): Promise<Delivery[]>;
  /** Ends an attempt: writes state, attempts, nextAttemptAt, clockFrom, problem; gives up the claim. Keeps the attempt, where there was one. */
  settle(delivery: Delivery, attempt?: DeliveryAttempt): Promise<void>;
  /** What was answered at the latest attempts, the last one first. */
  attempts(id: string): Promise<DeliveryAttempt[]>;
  /** Makes pending deliveries to a target due at `now` that are stored as due after `latest`, or as due after `now` without an attempt. */
  bringForward(targetId: string, now: Instant, latest: Instant): Promise<void>;
  /** Gives claims back unattempted. */
  release(ids: string[]): Promise<void>;
  /** Gives back every claim; only for the one process that owns the store, when it starts. */
  releaseAll(): Promise<void>;
  /** When the next pending delivery to a target is due; null when none is pending. */
  nextDue(targetId: string): Promise<Instant | null>;
  get(id: string): Promise<Delivery | null>;
  list(query: DeliveryQuery): Promise<Page<Delivery>>;
  counts(): Promise<Record<DeliveryState, number>>;
  /** How many dead letters there are, by where they were to go. */
  dead(): Promise<{ target: DeliveryTarget; count: number }[]>;
  /**
   * Makes dead or delivered ones pending again, to be sent under another id, and pending ones due at once;
   * `destinationId` is that of the target. Returns how many.
   */
  replay(which: { ids: string[] } | { state: 'dead'; destinationId?: string }): Promise<number>;
}

/** How targets stand, by the id of a destination or an outgoing server; nothing is kept for one that is gone. */
export interface EndpointStore {
  /** Nothing is wrong with a target whose record has another `version` by now. */
  get(target: { id: string; version: number }): Promise<Endpoint>;
  set(target: { id: string; version: number }, endpoint: Endpoint): Promise<void>;
  /** All that were switched off by what they answered, those of former versions of a record among them. */
  disabled(): Promise<{ id: string; version: number; endpoint: Endpoint }[]>;
  /** For how long deliveries to a target were tried, in milliseconds. */
  clock(targetId: string): Promise<number>;
  /** Writes that down, and lets the age of pending deliveries that have none yet count from it. */
  setClock(targetId: string, clock: number): Promise<void>;
}
