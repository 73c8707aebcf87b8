/** What a test switches on to see how a client takes it. Counts go down by themselves; messages go by immutable id. */
export interface Faults {
  /** So many requests are answered 429. */
  throttled: number;
  /** So many requests are answered 503. */
  unavailable: number;
  /** The `Retry-After` of both; null leaves it out. */
  retryAfter: string | null;
  /** So many times the `$value` of a message is answered 504. */
  gatewayTimeouts: Map<string, number>;
  /** So many times the `$value` of a message is answered 404, or another of its errors. */
  refusedSources: Map<string, number>;
  refusal: { status: number; code: string };
  /** Messages that delta answers leave out. */
  hiddenFromDelta: Set<string>;
  /** So many times the connection breaks in the middle of a message's `$value`, after `breakAfterBytes`. */
  brokenBodies: Map<string, number>;
  breakAfterBytes: number;
  /** The size of a message is told before its source. */
  sizeAnnounced: boolean;
  /** Mailboxes (by address) that are on premises or have no licence. */
  notEnabled: Set<string>;
  /** Each changed message comes twice in a delta answer, as the documentation warns. */
  replays: boolean;
  /** A changed message comes with its id and what changed, and nothing else that was selected. */
  sparseUpdates: boolean;
  /** The creation of subscriptions is refused. */
  subscriptionsRefused: boolean;
  /** Subscriptions live no longer than so many seconds, whatever was asked for. */
  subscriptionSeconds: number;
  /** Change notifications are lost on their way; lifecycle notifications are not. */
  notificationsLost: boolean;
}

export function noFaults(): Faults {
  return {
    throttled: 0,
    unavailable: 0,
    retryAfter: '1',
    gatewayTimeouts: new Map(),
    refusedSources: new Map(),
    refusal: { status: 404, code: 'ErrorItemNotFound' },
    hiddenFromDelta: new Set(),
    brokenBodies: new Map(),
    breakAfterBytes: 0,
    sizeAnnounced: false,
    notEnabled: new Set(),
    replays: false,
    sparseUpdates: false,
    subscriptionsRefused: false,
    subscriptionSeconds: 7 * 24 * 3600,
    notificationsLost: false,
  };
}

/** Whether a counted fault strikes this time. */
export function strikes(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}
