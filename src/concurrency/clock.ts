/** The two times there are. What a step of the wall clock must not break goes by the running one. */
export interface Clock {
  /** Milliseconds since the epoch; a person, or NTP, may set it to anything. */
  wall(): number;
  /** Milliseconds since some moment; it only goes on. */
  running(): number;
}

export const clock: Clock = { wall: () => Date.now(), running: () => performance.now() };

/** Tells whether the wall clock has stepped since it was last asked. */
export function watchSteps({ wall, running }: Clock): () => boolean {
  const drift = 1_000;
  let before = wall() - running();
  return () => {
    const now = wall() - running();
    const hasStepped = Math.abs(now - before) > drift;
    before = now;
    return hasStepped;
  };
}
