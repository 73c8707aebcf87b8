/** A message that its server does not give is asked for again after so long, then after ever longer. */
const firstMs = 15_000;
const longestMs = 24 * 60 * 60_000;

/** So many looks in vain, spread over a quarter of an hour, and the message is in quarantine. */
export const mostWaitingLooks = 6;

/** Milliseconds until the next look, after so many in vain. */
export type LookDelay = (looks: number) => number;

export const lookDelay: LookDelay = (looks) => Math.min(firstMs * 2 ** Math.min(looks, 30), longestMs);
