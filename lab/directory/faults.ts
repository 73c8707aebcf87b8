/** What a test switches on to see how a client takes it. Counts go down by themselves. */
export interface Faults {
  /** So many requests are answered 401, as after a sign-in that was revoked. */
  revoked: number;
  /** So many requests are answered 429. */
  throttled: number;
  /** So many requests are answered 503. */
  unavailable: number;
  /** What those say in `Retry-After`; null: nothing. */
  retryAfter: string | null;
  /** Reads of an object that still show what was before a change of it. */
  lag: { reads: number };
  /** Token requests of an app, after each change of it, that the authority answers with these codes. */
  notYetKnown: number[];
  /** The request of that number (from 1) is never answered, carried out or not: whoever asked is as good as killed. */
  halt: { at: number; carriedOut: boolean; reached: () => void } | null;
}

export function noFaults(): Faults {
  return {
    revoked: 0,
    throttled: 0,
    unavailable: 0,
    retryAfter: null,
    lag: { reads: 0 },
    notYetKnown: [],
    halt: null,
  };
}
