import { html } from 'hono/html';
import type { Html } from '../html.ts';
import { icon } from './icon.ts';

/** Links to the newest and the next older page of a list, keeping its filters. */
export function pager(
  path: string,
  filters: Record<string, string>,
  before: string,
  next: string | null,
): Html | null {
  if (before === '' && next === null) return null;
  return html`<nav class="pager" aria-label="Pages">
    ${before !== '' && html`<a class="button" href="${link(path, filters)}">${icon('back')}Newest</a>`}
    ${next && html`<a class="button older" href="${link(path, { ...filters, before: next })}">Older${icon('next')}</a>`}
  </nav>`;
}

/** A path with the parameters that have a value. */
export function link(path: string, parameters: Record<string, string>): string {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  return query.size === 0 ? path : `${path}?${query}`;
}
