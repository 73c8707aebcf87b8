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
  readonly #visited = new Set<string>();
  #emptyPages = 0;
  #items = 0;

  /** `first`: where the loop begins. */
  constructor(first: string | null) {
    if (first !== null) this.#visited.add(first);
  }

  /**
   * After a page with so many new items that leads on to `next` (a link, a state): whether to go on. It never does where
   * it was before.
   */
  async goesOn(newItems: number, next: string, signal?: AbortSignal): Promise<boolean> {
    this.#items += newItems;
    this.#emptyPages = newItems > 0 ? 0 : this.#emptyPages + 1;
    if (this.#visited.has(next) || this.#emptyPages > mostEmptyPages || this.#items > mostItems) return false;
    this.#visited.add(next);
    if (this.#emptyPages > promptPages) await sleep(pauseMs, signal);
    return true;
  }
}
