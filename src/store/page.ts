/** Newest first; `before` is the `next` of the page before. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
