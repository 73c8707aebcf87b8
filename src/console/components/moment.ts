import { html } from 'hono/html';
import { cutAtInstants, formatInstant } from '../../model/instant.ts';
import type { Instant } from '../../model/mail-server.ts';
import { formatDistance, isFarAway } from '../format.ts';
import type { Html } from '../html.ts';
import { attributes } from './attributes.ts';

/** How long ago, with the exact instant at hand; `never` for null. */
export function moment(at: Instant | null, never = 'never'): Html {
  if (at === null) return html`<span class="faint">${never}</span>`;
  return time(at, formatDistance(at), isFarAway(at) ? 'day' : undefined);
}

/** When exactly: in UTC as it is sent, in the reader's own time zone where scripts run. */
export function exactly(at: Instant): Html {
  return time(at, formatInstant(at), 'minute');
}

/** A text in which the instants stand in the reader's own time zone, too. */
export function withInstants(text: string): Html {
  return html`${cutAtInstants(text).map((piece) =>
    typeof piece === 'string' ? piece : exactly(piece.instant),
  )}`;
}

/** `local` says how much of it `console.js` writes in the reader's zone. */
function time(at: Instant, text: string, local: 'day' | 'minute' | undefined): Html {
  const inUtc = at.replace('T', ' ').replace('Z', ' UTC');
  return html`<time${attributes({ datetime: at, title: inUtc, 'data-local': local })}>${text}</time>`;
}
