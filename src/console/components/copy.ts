import { html } from 'hono/html';
import type { Html } from '../html.ts';
import { code } from './code.ts';
import { icon } from './icon.ts';

/** A value to take along; the button appears where scripts run, elsewhere a click selects the value. */
export function copyable(value: string, label: string): Html {
  return html`<span class="copyable">${code(value)}
    <button type="button" class="quiet copy" data-copy="${value}">${icon('copy')}
      <span>Copy</span><span class="visually-hidden"> ${label}</span></button></span>`;
}
