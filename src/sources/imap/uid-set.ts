/**
 * UIDs as a sequence set (RFC 3501 9, `sequence-set`): `1:5,7`. Expects them ascending.
 */
export function toUidSet(uids: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < uids.length; ) {
    const first = uids[i] as number;
    let last = first;
    while (uids[++i] === last + 1) last++;
    ranges.push(first === last ? `${first}` : `${first}:${last}`);
  }
  return ranges.join(',');
}

/** UIDs in portions: a set of 500 scattered ones stays far below the line length that servers accept. */
export function* inPortions(uids: readonly number[], size = 500): Generator<number[]> {
  for (let start = 0; start < uids.length; start += size) yield uids.slice(start, start + size);
}
