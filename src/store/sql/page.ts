import type { Page } from '../page.ts';

/** A page of `rows`, of which one more than `limit` was asked for to see whether another page follows. */
export function pageOf<Row extends { sequence: number }, Item>(
  rows: Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  return {
    items: rows.slice(0, limit).map((row) => toItem(row)),
    next: rows.length > limit ? String(rows[limit - 1]?.sequence) : null,
  };
}
