import { html } from 'hono/html';
import type { Html } from '../html.ts';

/** A value that is typed letter by letter; where a URL is too long for its line, it goes on after a slash. */
export function code(value: string): Html {
  return html`<code>${value.split(/(?<=\/)(?!\/)/).map((part, index) => html`${index > 0 && html`<wbr>`}${part}`)}</code>`;
}
