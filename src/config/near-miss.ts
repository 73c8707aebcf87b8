/**
 * The name that somebody who wrote `word` most likely meant, or null. Capitals, hyphens and underscores do
 * not count; of the letters about a third may be wrong. Of two that are as near, the one of the same length.
 */
export function nearest(word: string, names: readonly string[]): string | null {
  const given = plain(word);
  const allowed = Math.max(1, Math.floor(given.length / 3));
  let best: { name: string; rank: number } | null = null;
  for (const name of names) {
    const distance = distanceBetween(given, plain(name));
    const rank = distance + (plain(name).length === given.length ? 0 : 0.5);
    if (distance <= allowed && rank < (best?.rank ?? Infinity)) best = { name, rank };
  }
  return best?.name ?? null;
}

/** `; did you mean …?`, or nothing when no name is near. */
export function didYouMean(name: string | null): string {
  return name === null ? '' : `; did you mean ${name}?`;
}

function plain(text: string): string {
  return text.slice(0, 100).toLowerCase().replace(/[-_]/g, '');
}

/** Letters to insert, delete, replace or swap with their neighbour (Damerau and Levenshtein, restricted). */
function distanceBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      current[column] = least;
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
