import { html } from 'hono/html';
import { formatInstant } from '../../model/instant.ts';
import type { Instant } from '../../model/mail-server.ts';
import { formatDistance } from '../format.ts';
import type { Html } from '../html.ts';

/** How long ago, with the exact instant at hand; `never` for null. */
export function moment(instant: Instant | null, never = 'never'): Html {
  if (instant === null) return html`<span class="faint">${never}</span>`;
  return html`<time datetime="${instant}" title="${formatInstant(instant)}">${formatDistance(instant)}</time>`;
}
