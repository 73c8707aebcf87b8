import { html } from 'hono/html';
import type { Html } from '../html.ts';
import { type IconName, icon } from './icon.ts';

/** In place of an empty list: what would be here, and what to do next. */
export function emptyState({
  picture,
  title,
  text,
  action,
}: {
  picture: IconName;
  title: string;
  text: Html | string;
  action?: { href: string; label: string } | null;
}): Html {
  return html`<div class="empty">
    ${icon(picture)}
    <h2>${title}</h2>
    <p>${text}</p>
    ${action && html`<p><a class="button primary" href="${action.href}">${action.label}</a></p>`}
  </div>`;
}
