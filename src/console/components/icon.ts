import { html, raw } from 'hono/html';
import type { Html } from '../html.ts';

/** Drawn for a 20 by 20 box with strokes in the text's colour. */
const drawings = {
  overview: '<path d="M3 3.5h6v7H3zM11 3.5h6v4h-6zM11 9.5h6v7h-6zM3 12.5h6v4H3z"/>',
  server: '<path d="M3 5.5h14v10H3zM3.5 6l6.5 5 6.5-5"/>',
  key: '<circle cx="6.5" cy="13.5" r="3.5"/><path d="M9 11l7.5-7.5M13.5 6.5l2.5 2.5M11.5 8.5l1.5 1.5"/>',
  destination: '<path d="M3 10h11M10 5.5l4.5 4.5-4.5 4.5M17 4v12"/>',
  outgoing: '<path d="M3 5.5h14v6M3 5.5v10h7M3.5 6l6.5 5 6.5-5M12.5 15.5h5M15.5 13l2.5 2.5-2.5 2.5"/>',
  bell: '<path d="M4.5 14.5c1.2-1 1.5-2.5 1.5-5a4 4 0 0 1 8 0c0 2.5.3 4 1.5 5zM8.5 17h3M10 5.5v-2"/>',
  messages: '<path d="M3 11l2.5-7h9L17 11v5H3zM3 11h4l1 2h4l1-2h4"/>',
  deliveries: '<path d="M17 3L9 11M17 3l-5 14-3-6-6-3z"/>',
  quarantine: '<path d="M10 2.5l6.5 2.5v5c0 4-3 6.5-6.5 7.5-3.5-1-6.5-3.5-6.5-7.5v-5zM10 6.5v4M10 13v.1"/>',
  ok: '<circle cx="10" cy="10" r="7.25"/><path d="M6.5 10.2l2.5 2.5 4.5-5"/>',
  busy: '<path d="M16.5 8a7 7 0 0 0-12.5-2.5M3.5 12a7 7 0 0 0 12.5 2.5M4 2.5v3.5h3.5M16 17.5v-3.5h-3.5"/>',
  warn: '<path d="M10 3l7.5 13.5h-15zM10 8v4M10 14v.1"/>',
  bad: '<circle cx="10" cy="10" r="7.25"/><path d="M7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4"/>',
  idle: '<circle cx="10" cy="10" r="7.25"/><path d="M8 7.2v5.6M12 7.2v5.6"/>',
  record: '<path d="M4.5 3.5h11v13h-11zM7.5 7.5h5M7.5 10.5h5M7.5 13.5h3"/>',
  todo: '<circle cx="10" cy="10" r="7.25"/>',
  attachment:
    '<path d="M15.5 9l-6 6a3.5 3.5 0 0 1-5-5l6.5-6.5a2.3 2.3 0 0 1 3.3 3.3l-6.3 6.2a1 1 0 0 1-1.6-1.5l5.6-5.6"/>',
  search: '<circle cx="9" cy="9" r="5.5"/><path d="M13 13l4 4"/>',
  menu: '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
  next: '<path d="M7.5 4.5L13 10l-5.5 5.5"/>',
  back: '<path d="M12.5 4.5L7 10l5.5 5.5"/>',
  copy: '<path d="M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7"/>',
  plus: '<path d="M10 4v12M4 10h12"/>',
  replay: '<path d="M4 10a6 6 0 1 0 2-4.5M4 3v3.5h3.5"/>',
  download: '<path d="M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13"/>',
  signOut: '<path d="M8 3.5H3.5v13H8M12.5 6l4 4-4 4M16 10H8"/>',
  shield: '<path d="M10 2.5l6.5 2.5v5c0 4-3 6.5-6.5 7.5-3.5-1-6.5-3.5-6.5-7.5v-5zM7 9.8l2.2 2.2 3.8-4"/>',
} as const;

export type IconName = keyof typeof drawings;

/** A picture beside words that say the same, and so hidden from those who listen. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"
    fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"
    >${raw(drawings[name])}</svg>`;
}

/** The product's mark: a pillar box. */
export const mark: Html = html`<svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" focusable="false">
  <path class="mark-cap" d="M5 7.5C5 4 8 2 12 2s7 2 7 5.5z"/>
  <path class="mark-body" d="M6 8.5h12V20H6z"/>
  <path class="mark-slot" d="M8.5 11.5h7"/>
  <path class="mark-foot" d="M4.5 20h15v2h-15z"/>
</svg>`;
