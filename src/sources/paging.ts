import { sleep } from '../concurrency/sleep.ts';

/** So many pages one after the other may bring nothing new: some servers give empty ones on the way. */
const mostEmptyPages = 20;
/** More messages than any folder has. */
const mostItems = 2_000_000;
/** The first few come as fast as they can. */
const promptPages = 3;
const pauseMs = 250;

/**
 * Bounds a loop over the pages of a list by its progress, whatever the server says of its end: a page brings something
 * new, or leads on to where nobody was yet, and that only some times one after the other, at a walking pace.
 */
export class Paging {
  readonly #most: number;
  readonly #visited = new Set<string>();
  readonly #seen = new Set<string>();
  #isNew = false;
  #emptyPages = 0;

  /** `first`: where the loop begins; `most`: more items than there can be. */
  constructor(first: string | null, most = mostItems) {
    if (first !== null) this.#visited.add(first);
    this.#most = most;
  }

  /** Those items of a page that were on no page before. */
  fresh<Item>(items: readonly Item[], idOf: (item: Item) => string): Item[] {
    const fresh = items.filter((item) => {
      const id = idOf(item);
      return !this.#seen.has(id) && this.#seen.add(id);
    });
    this.#isNew ||= fresh.length > 0;
    return fresh;
  }

  /** After a page that leads on to `next` (a link, a state): whether to go on. It never does where it was before. */
  async goesOn(next: string, signal?: AbortSignal): Promise<boolean> {
    this.#emptyPages = this.#isNew ? 0 : this.#emptyPages + 1;
    this.#isNew = false;
    const isTooMuch = this.#emptyPages > mostEmptyPages || this.#seen.size > this.#most;
    if (isTooMuch || this.#visited.has(next)) return false;
    this.#visited.add(next);
    if (this.#emptyPages > promptPages) await sleep(pauseMs, signal);
    return true;
  }
}
