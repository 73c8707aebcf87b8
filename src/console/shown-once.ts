/** Values kept in memory until they are taken once, or too many came after. */
export interface ShownOnce<T> {
  keep(key: string, value: T): void;
  /** The value, and forgets it. */
  take(key: string): T | null;
  /** The value, which stays. */
  peek(key: string): T | null;
}

export function createShownOnce<T>(max = 100): ShownOnce<T> {
  const values = new Map<string, T>();
  return {
    keep(key, value) {
      values.set(key, value);
      for (const oldest of values.keys()) {
        if (values.size <= max) return;
        values.delete(oldest);
      }
    },
    take(key) {
      const value = values.get(key) ?? null;
      values.delete(key);
      return value;
    },
    peek: (key) => values.get(key) ?? null,
  };
}
