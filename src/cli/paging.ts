import type { Page } from '../store/page.ts';
import type { Given, Options } from './command.ts';

export const pagingOptions = {
  limit: { type: 'text', value: 'NUMBER', summary: 'At most so many, by default 50', field: 'limit' },
  before: {
    type: 'text',
    value: 'NEXT',
    summary: 'Goes on after a page: the "next" that it ended with',
    field: 'before',
  },
} satisfies Options;

/** The address of a list with what was asked of it. */
export function listPath(path: string, given: Given, more: Record<string, string | undefined>): string {
  const asked = { ...more, limit: given.text('limit'), before: given.text('before') };
  const query = new URLSearchParams(
    Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return `${path}?${query}`;
}

/** A page's text and, where there is more, how to see it. */
export function pageText({ next }: Page<unknown>, text: string): string {
  return next === null ? text : `${text}\n\nThere is more: --before ${next}`;
}
