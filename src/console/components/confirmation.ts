import { html } from 'hono/html';
import type { ConsoleContext } from '../context.ts';
import type { Html } from '../html.ts';
import { csrfInput } from './form.ts';

/** The question before what cannot be undone: what will be lost, the deed, the way back. */
export function confirmation(
  c: ConsoleContext,
  { text, action, label, back }: { text: Html | string; action: string; label: string; back: string },
): Html {
  return html`<div class="card narrow">
    <p>${text}</p>
    <form method="post" action="${action}">
      ${csrfInput(c)}
      <div class="actions">
        <button class="button danger">${label}</button>
        <a class="button" href="${back}">Keep it</a>
      </div>
    </form>
  </div>`;
}
