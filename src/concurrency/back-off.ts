/** In milliseconds. */
export interface BackOff {
  first: number;
  cap: number;
}

/**
 * How long to wait before attempt number `failures + 1`, in milliseconds: `first` doubled at each failure
 * up to `cap`, and of that a random part between half and all, so that many who failed together do not
 * come back together.
 */
export function backOff(failures: number, { first, cap }: BackOff): number {
  const full = Math.min(cap, first * 2 ** Math.min(failures - 1, 30));
  return full * (0.5 + Math.random() / 2);
}
