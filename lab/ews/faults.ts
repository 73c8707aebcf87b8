/** What a test has the server do instead of answering well. */
export type Trouble =
  /** ErrorServerBusy, as a SOAP fault, in each response message, or plain HTTP 503 with Retry-After. */
  | { kind: 'busy'; backOff: number; as: 'fault' | 'message' | 'http' }
  /** Another refusal of the whole request, as a SOAP fault. */
  | { kind: 'fault'; code: string }
  /** In each response message. */
  | { kind: 'message'; code: string }
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection dies when so many bytes of the answer were sent. */
  | { kind: 'break'; afterBytes: number }
  /** No byte of an answer ever comes. */
  | { kind: 'silence' };

export interface Faults {
  /** The next so many requests (of one operation, where one is named) meet trouble. */
  next(trouble: Trouble, options?: { operation?: string; times?: number }): void;
  /** EWS is switched off for the organisation: 403 without a body, as Exchange Online answers. */
  disabled: boolean;
  /** Whether streaming notifications can be subscribed to. */
  notifications: boolean;
  /** Several mailbox servers: a subscription is found only with the cookie that its answer set. */
  affinity: boolean;
  heartbeatMs: number;
  /** How long a minute of ConnectionTimeout is. */
  minuteMs: number;
  /** Items that SyncFolderItems leaves out where it goes on from a state. */
  hiddenFromSync: Set<string>;
  /** Streams stay open, and nothing is sent on them any more. */
  silent: boolean;
}

export function createFaults(): Faults & { take(operation: string): Trouble | null } {
  const waiting: { trouble: Trouble; operation: string | null; times: number }[] = [];
  return {
    next(trouble, { operation, times = 1 } = {}) {
      waiting.push({ trouble, operation: operation ?? null, times });
    },
    take(operation) {
      const index = waiting.findIndex((one) => one.operation === null || one.operation === operation);
      const found = waiting[index];
      if (!found) return null;
      if (--found.times <= 0) waiting.splice(index, 1);
      return found.trouble;
    },
    disabled: false,
    notifications: true,
    affinity: false,
    heartbeatMs: 45_000,
    minuteMs: 60_000,
    hiddenFromSync: new Set(),
    silent: false,
  };
}
