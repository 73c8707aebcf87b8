/** How many reads of an object still answer what was before a change of it: the directory is eventually consistent. */
export interface Lag {
  reads: number;
}

interface Row<T> {
  present: T;
  /** What is answered while it lasts; null where the object was not there yet. */
  former: { value: T | null; reads: number } | null;
}

/** Objects of one kind by their id, with what reads answer for a while after each change. */
export class Table<T extends { id: string }> {
  readonly #rows = new Map<string, Row<T>>();
  readonly #lag: Lag;

  constructor(lag: Lag) {
    this.#lag = lag;
  }

  /** As it is, whoever looks. */
  all(): T[] {
    return [...this.#rows.values()].map(({ present }) => present);
  }

  find(fits: (value: T) => boolean): T | undefined {
    return this.all().find(fits);
  }

  put(value: T): void {
    const before = this.#rows.get(value.id);
    const shown = before?.former ? before.former.value : (before?.present ?? null);
    const former = this.#lag.reads > 0 ? { value: shown, reads: this.#lag.reads } : null;
    this.#rows.set(value.id, { present: structuredClone(value), former });
  }

  remove(id: string): void {
    this.#rows.delete(id);
  }

  /** As a request sees it; null while it is not known there. Counts as a read. */
  seen(value: T | undefined): T | null {
    const row = value && this.#rows.get(value.id);
    if (!row) return null;
    if (!row.former) return row.present;
    if (row.former.reads-- > 0) return row.former.value;
    row.former = null;
    return row.present;
  }
}
