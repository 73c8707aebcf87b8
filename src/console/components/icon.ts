import { html, raw } from 'hono/html';
import type { Html } from '../context.ts';
import { drawings, type IconName } from './drawings.ts';

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
